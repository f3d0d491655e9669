// What computes, and all that a kernel needs besides its tensors: the processor's threads with scratch memory
// for each, at a level with its kernels of products; or, at the level `cuda`, a CUDA device, whose memory the
// tensors and the scratch lie in.
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

struct Device {
  // `index` is that of the CUDA device, at that level.
  Device(Level level_, int threads, Precision precision = Precision::fp32, int index = 0);
  Device(Level level_, int threads, const GemmKernels& products_);

  Level level;
  const GemmKernels& products;
  mutable ThreadPool pool;
  std::unique_ptr<Cuda> cuda;  // null at the other levels

  Memory& memory() const { return cuda ? static_cast<Memory&>(*cuda) : host_memory(); }
  operator const Cuda&() const { return *cuda; }

  // Defined out of line (device.cc), so that no kernel file emits a container's code.
  // Scratch of one worker, 64-byte aligned, grown on demand and kept; contents are undefined.
  float* worker_scratch(int worker, size_t floats) const;
  // Scratch shared by all workers of a loop; reserve it before the loop begins. gemm() uses it: do not hold
  // it across one.
  float* shared_scratch(size_t floats) const;

  mutable std::vector<AlignedBuffer> scratch;
  mutable AlignedBuffer shared;
};

}  // namespace cdlm
