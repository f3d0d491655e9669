// How kernels cut their loops into tasks. The cuts depend on shapes only, so results have the same bits for
// any number of threads; a loop of one task runs on the caller and wakes nobody.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/device.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Elements of one tensor that a task of a memory-bound loop works on: some ten microseconds.
constexpr int64_t kTaskElements = 16384;

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t blocks_of(int64_t n, int64_t block) { return (n + block - 1) / block; }

// Rows of `width` elements that make a task.
static inline int64_t task_rows(int64_t width) { return larger(1, kTaskElements / larger(1, width)); }

// Calls f(begin, end, worker) for consecutive blocks of [0, n), in parallel.
template <typename F>
void for_blocks(const Device& device, int64_t n, int64_t block, const F& f) {
  device.pool.run(blocks_of(n, block), [&f, n, block](int64_t task, int worker) {
    f(task * block, smaller(n, (task + 1) * block), worker);
  });
}

// Makes every worker's scratch large enough before a loop begins, since tasks must not throw.
static inline void reserve_scratch(const Device& device, size_t floats) {
  for (int worker = 0; worker < device.pool.threads(); worker++) device.worker_scratch(worker, floats);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
