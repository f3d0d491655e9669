// Loops over the columns of a row, a vector at a time, for kernel files. Bodies are generic lambdas f(j,
// lanes): `lanes` says whether the vector at column j is whole or the tail of the row, and load and store
// follow it.
#pragma once

#include <cstdint>

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

struct Whole {};
struct Part {
  int count;  // 1 … W - 1 lanes
};

CDLM_INLINE Vec load(const float* p, Whole) { return load(p); }
CDLM_INLINE Vec load(const float* p, Part part) { return load_partial(p, part.count); }
CDLM_INLINE void store(float* p, Vec v, Whole) { store(p, v); }
CDLM_INLINE void store(float* p, Vec v, Part part) { store_partial(p, v, part.count); }

// v with `other` in the lanes beyond the row.
CDLM_INLINE Vec within(Vec v, Vec, Whole) { return v; }
CDLM_INLINE Vec within(Vec v, Vec other, Part part) {
  static constexpr float kLanes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return select(less(load(kLanes), broadcast(static_cast<float>(part.count))), v, other);
}

template <typename F>
CDLM_INLINE void each_column(int64_t n, const F& f) {
  int64_t j = 0;
  for (; j + W <= n; j += W) f(j, Whole{});
  if (j < n) f(j, Part{static_cast<int>(n - j)});
}

// Σ of the vectors f(j, lanes), which must be 0 in the lanes beyond the row. Four chains of additions hide
// their latency; they and then the lanes are added in a fixed order.
template <typename F>
CDLM_INLINE float sum_columns(int64_t n, const F& f) {
  Vec s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
  int64_t j = 0;
  for (; j + 4 * W <= n; j += 4 * W) {
    s0 += f(j, Whole{});
    s1 += f(j + W, Whole{});
    s2 += f(j + 2 * W, Whole{});
    s3 += f(j + 3 * W, Whole{});
  }
  for (; j + W <= n; j += W) s0 += f(j, Whole{});
  if (j < n) s1 += f(j, Part{static_cast<int>(n - j)});
  return sum((s0 + s1) + (s2 + s3));
}

// Largest of x [n]; -inf for n = 0.
CDLM_INLINE float largest_of(const float* x, int64_t n) {
  const Vec lowest = broadcast(-INFINITY);
  Vec m = lowest;
  each_column(n, [&](int64_t j, auto lanes) { m = maximum(m, within(load(x + j, lanes), lowest, lanes)); });
  return largest(m);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
