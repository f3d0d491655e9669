// The exponentials of a row, for kernel files.
#pragma once

#include "cpu/vec_math.h"
#include "ops/columns.h"

namespace cdlm {
namespace CDLM_LEVEL {

// y = e^(x - largest); x, y: [n]; returns Σ y. y may be x.
CDLM_INLINE float exponentials(const float* x, float largest, float* y, int64_t n) {
  const Vec shift = broadcast(largest);
  Vec total = zero();
  each_column(n, [&](int64_t j, auto lanes) {
    const Vec e = exp(load(x + j, lanes) - shift);
    store(y + j, e, lanes);
    total += within(e, zero(), lanes);
  });
  return sum(total);
}

// Σ e^(x - largest); x: [n].
CDLM_INLINE float sum_of_exponentials(const float* x, float largest, int64_t n) {
  const Vec shift = broadcast(largest);
  Vec total = zero();
  each_column(
      n, [&](int64_t j, auto lanes) { total += within(exp(load(x + j, lanes) - shift), zero(), lanes); });
  return sum(total);
}

// y = factor · y; y: [n].
CDLM_INLINE void multiply_by(float* y, float factor, int64_t n) {
  const Vec f = broadcast(factor);
  each_column(n, [&](int64_t j, auto lanes) { store(y + j, load(y + j, lanes) * f, lanes); });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
