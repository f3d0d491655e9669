// What a CPU kernel needs besides its tensors: the level, the kernels of products, the threads and scratch
// memory per worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/thread_pool.h"
#include "cpu/level.h"
#include "cpu/precision.h"

namespace cdlm {

struct Cpu {
  Cpu(Level level_, int threads, Precision precision = Precision::fp32);
  Cpu(Level level_, int threads, const GemmKernels& products_);

  Level level;
  const GemmKernels& products;
  mutable ThreadPool pool;

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
