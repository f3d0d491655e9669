// What a softmax needs to know about a row, found by one warp. For .cu files only.
#pragma once

#include "cuda/reduce.h"

namespace cdlm {
namespace cuda {

struct SoftmaxRow {
  float top;     // the largest entry
  double total;  // Σ e^(x - top)
};

// x: [n]; entry `left_out` does not count (-1: all do).
__device__ inline SoftmaxRow softmax_row(const float* x, int64_t n, int lane, int64_t left_out = -1) {
  float top = -INFINITY;
  for (int64_t j = lane; j < n; j += kWarp)
    if (j != left_out) top = x[j] > top || x[j] != x[j] ? x[j] : top;
  top = warp_max(top);
  double total = 0;
  for (int64_t j = lane; j < n; j += kWarp)
    if (j != left_out) total += expf(x[j] - top);
  return {top, warp_sum(total)};
}

}  // namespace cuda
}  // namespace cdlm
