// The arithmetic of layer norm on one row, shared by the kernels that end in one.
#pragma once

#include "ops/columns.h"

namespace cdlm {
namespace CDLM_LEVEL {

// x, gamma, beta, y: [d]; statistics: [2]; total = Σ x. The variance is taken around the mean in a second
// pass over the row, which lies in the cache: E[x²] - E[x]² would cancel. y may be x.
CDLM_INLINE void normalise(const float* x, float total, const float* gamma, const float* beta, float epsilon,
                           float* y, float* statistics, int64_t d) {
  const float mean = total / static_cast<float>(d);
  const Vec shift = broadcast(mean);
  const float squares = sum_columns(d, [&](int64_t j, auto lanes) {
    const Vec centred = within(load(x + j, lanes) - shift, zero(), lanes);
    return centred * centred;
  });
  const float inverse = 1.0f / std::sqrt(squares / static_cast<float>(d) + epsilon);
  statistics[0] = mean;
  statistics[1] = inverse;
  const Vec factor = broadcast(inverse);
  each_column(d, [&](int64_t j, auto lanes) {
    const Vec hat = (load(x + j, lanes) - shift) * factor;
    store(y + j, fma(hat, load(gamma + j, lanes), load(beta + j, lanes)), lanes);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
