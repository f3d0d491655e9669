// The arithmetic of layer norm on one row by one warp. For .cu files only.
#pragma once

#include "cuda/reduce.h"

namespace cdlm {
namespace cuda {

// x, gamma, beta, y: [d]; statistics: [2]; total: the lane's share of Σ x, over its own columns. The variance
// is taken around the mean in a second pass: E[x²] - E[x]² would cancel. y may be x.
__device__ inline void normalise(const float* x, float total, const float* gamma, const float* beta,
                                 float epsilon, float* y, float* statistics, int64_t d, int lane) {
  const float n = static_cast<float>(d), mean = warp_sum(total) / n;
  float squares = 0;
  for (int64_t j = lane; j < d; j += kWarp) {
    const float centred = x[j] - mean;
    squares = fmaf(centred, centred, squares);
  }
  const float inverse = 1.0f / sqrtf(warp_sum(squares) / n + epsilon);
  for (int64_t j = lane; j < d; j += kWarp) y[j] = fmaf((x[j] - mean) * inverse, gamma[j], beta[j]);
  if (lane == 0) {
    statistics[0] = mean;
    statistics[1] = inverse;
  }
}

}  // namespace cuda
}  // namespace cdlm
