// Products of small matrices on the calling worker, for kernel files: what is summed over is short, or the
// operands lie in the cache, so nothing is packed.
#pragma once

#include "ops/columns.h"

namespace cdlm {
namespace CDLM_LEVEL {

// A matrix by strides: entry (i, k) is data[i · row + k · column].
struct Strided {
  const float* data;
  int64_t row, column;
};

// R rows of C = A B, a vector of columns at a time.
template <int R>
CDLM_INLINE void product_rows(int64_t n, int64_t inner, Strided a, const float* b, int64_t b_stride, float* c,
                              int64_t c_stride) {
  each_column(n, [&](int64_t j, auto lanes) {
    Vec sums[R];
    CDLM_UNROLL
    for (int r = 0; r < R; r++) sums[r] = zero();
    const float* from = a.data;
    for (int64_t k = 0; k < inner; k++, from += a.column) {
      const Vec entry = load(b + k * b_stride + j, lanes);
      CDLM_UNROLL
      for (int r = 0; r < R; r++) sums[r] = fma(broadcast(from[r * a.row]), entry, sums[r]);
    }
    CDLM_UNROLL
    for (int r = 0; r < R; r++) store(c + r * c_stride + j, sums[r], lanes);
  });
}

// C [m, n] = A [m, inner] B [inner, n]; rows of B and C are contiguous. Zeros where inner is 0.
static inline void small_product(int64_t m, int64_t n, int64_t inner, Strided a, const float* b,
                                 int64_t b_stride, float* c, int64_t c_stride) {
  for (; m >= 8; m -= 8, a.data += 8 * a.row, c += 8 * c_stride)
    product_rows<8>(n, inner, a, b, b_stride, c, c_stride);
  for (; m >= 2; m -= 2, a.data += 2 * a.row, c += 2 * c_stride)
    product_rows<2>(n, inner, a, b, b_stride, c, c_stride);
  if (m > 0) product_rows<1>(n, inner, a, b, b_stride, c, c_stride);
}

// C [m, n] = A [m, inner] B [n, inner]' (+ C): inner products of contiguous rows, four at a time.
static inline void small_dots(int64_t m, int64_t n, int64_t inner, const float* a, const float* b, float* c,
                              bool accumulate) {
  for (int64_t i = 0; i < m; i++) {
    const float* x = a + i * inner;
    int64_t j = 0;
    for (; j + 4 <= n; j += 4) {
      const float *b0 = b + j * inner, *b1 = b0 + inner, *b2 = b1 + inner, *b3 = b2 + inner;
      Vec s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
      each_column(inner, [&](int64_t k, auto lanes) {
        const Vec entry = load(x + k, lanes);
        s0 = fma(entry, load(b0 + k, lanes), s0);
        s1 = fma(entry, load(b1 + k, lanes), s1);
        s2 = fma(entry, load(b2 + k, lanes), s2);
        s3 = fma(entry, load(b3 + k, lanes), s3);
      });
      const float sums[4] = {sum(s0), sum(s1), sum(s2), sum(s3)};
      for (int r = 0; r < 4; r++) c[i * n + j + r] = sums[r] + (accumulate ? c[i * n + j + r] : 0.0f);
    }
    for (; j < n; j++) {
      const float* y = b + j * inner;
      const float dot =
          sum_columns(inner, [&](int64_t k, auto lanes) { return load(x + k, lanes) * load(y + k, lanes); });
      c[i * n + j] = dot + (accumulate ? c[i * n + j] : 0.0f);
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
