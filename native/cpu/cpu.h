// What a CPU kernel needs besides its tensors: the level, the kernels of products, the threads and scratch
// memory per worker. At the level `cuda` it stands for the device, whose memory the tensors and the scratch
// lie in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/thread_pool.h"
#include "cpu/level.h"
#include "cpu/precision.h"
#include "cuda/cuda.h"

namespace cdlm {

struct Cpu {
  // `device` is the index of the CUDA device, at that level.
  Cpu(Level level_, int threads, Precision precision = Precision::fp32, int device = 0);
  Cpu(Level level_, int threads, const GemmKernels& products_);

  Level level;
  const GemmKernels& products;
  mutable ThreadPool pool;
  std::unique_ptr<Cuda> cuda;  // null at the other levels

  Memory& memory() const { return cuda ? static_cast<Memory&>(*cuda) : host_memory(); }
  operator const Cuda&() const { return *cuda; }

  // Defined out of line (cpu.cc), so that no kernel file emits a container's code.
  // Scratch of one worker, 64-byte aligned, grown on demand and kept; contents are undefined.
  float* worker_scratch(int worker, size_t floats) const;
  // Scratch shared by all workers of a loop; reserve it before the loop begins. gemm() uses it: do not hold
  // it across one.
  float* shared_scratch(size_t floats) const;

  mutable std::vector<AlignedBuffer> scratch;
  mutable AlignedBuffer shared;
};

}  // namespace cdlm
