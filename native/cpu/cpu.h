// What a CPU kernel needs besides its tensors: the level, the threads and scratch memory per worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/thread_pool.h"
#include "cpu/level.h"

namespace cdlm {

struct Cpu {
  Cpu(Level level_, int threads) : level(level_), pool(threads), scratch(threads) {}

  Level level;
  mutable ThreadPool pool;

  // Scratch of one worker, 64-byte aligned, grown on demand and kept; contents are undefined.
  float* worker_scratch(int worker, size_t floats) const { return scratch[worker].reserve_floats(floats); }
  // Scratch shared by all workers of a loop; reserve it before the loop begins.
  float* shared_scratch(size_t floats) const { return shared.reserve_floats(floats); }

  mutable std::vector<AlignedBuffer> scratch;
  mutable AlignedBuffer shared;
};

}  // namespace cdlm
