// Ranges of rows that follow one another. For .cu files only.
#pragma once

#include "cuda/launch.h"

namespace cdlm {
namespace cuda {

// The range that holds a row, or -1. ranges: [count, 2], each a first row and a number of rows, in order.
__device__ inline int64_t range_of(const int32_t* ranges, int64_t count, int64_t row) {
  int64_t low = 0,
          high = count;  // ranges before `low` begin at or before the row, those from `high` on after it
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (ranges[2 * middle] <= row)
      low = middle + 1;
    else
      high = middle;
  }
  // Empty ranges hold nothing: the last that begins at or before the row may be one.
  for (int64_t s = low - 1; s >= 0; s--)
    if (ranges[2 * s + 1] > 0) return row < ranges[2 * s] + ranges[2 * s + 1] ? s : -1;
  return -1;
}

}  // namespace cuda
}  // namespace cdlm
