// A row times a small matrix that lies in the cache, for the inner loops of kernels.
#pragma once

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// V vectors of columns from column j on; f as below.
template <int V, typename F>
CDLM_INLINE void multiply_row_block(const float* w, const float* matrix, int64_t rows, int64_t stride,
                                    int64_t j, const F& f) {
  constexpr int C = V <= 2 ? 4 : 2;  // chains of additions per vector, which hide their latency
  Vec sums[C][V];
  CDLM_UNROLL
  for (int c = 0; c < C; c++) {
    CDLM_UNROLL
    for (int v = 0; v < V; v++) sums[c][v] = zero();
  }
  const float* row = matrix + j;
  int64_t s = 0;
  for (; s + C <= rows; s += C, row += C * stride) {
    CDLM_UNROLL
    for (int c = 0; c < C; c++) {
      const Vec factor = broadcast(w[s + c]);
      CDLM_UNROLL
      for (int v = 0; v < V; v++) sums[c][v] = fma(factor, load(row + c * stride + v * W), sums[c][v]);
    }
  }
  for (; s < rows; s++, row += stride) {
    const Vec factor = broadcast(w[s]);
    CDLM_UNROLL
    for (int v = 0; v < V; v++) sums[0][v] = fma(factor, load(row + v * W), sums[0][v]);
  }
  CDLM_UNROLL
  for (int v = 0; v < V; v++) {
    Vec total = sums[0][v] + sums[1][v];
    if (C == 4) total += sums[C - 2][v] + sums[C - 1][v];
    f(j + v * W, total);
  }
}

// Calls f(j, y) with every vector y, at column j, of Σ_s w[s] · matrix[s, :]. w: [rows]; matrix: [rows,
// stride], stride whole vectors.
template <typename F>
CDLM_INLINE void multiply_row(const float* w, const float* matrix, int64_t rows, int64_t stride, const F& f) {
  int64_t j = 0;
  for (; j + 4 * W <= stride; j += 4 * W) multiply_row_block<4>(w, matrix, rows, stride, j, f);
  const int64_t rest = (stride - j) / W;
  if (rest == 3) multiply_row_block<3>(w, matrix, rows, stride, j, f);
  if (rest == 2) multiply_row_block<2>(w, matrix, rows, stride, j, f);
  if (rest == 1) multiply_row_block<1>(w, matrix, rows, stride, j, f);
}

// y = Σ_s w[s] · matrix[s, :]; y: [stride].
CDLM_INLINE void multiply_row(const float* w, const float* matrix, float* y, int64_t rows, int64_t stride) {
  multiply_row(w, matrix, rows, stride, [y](int64_t j, Vec sums) { store(y + j, sums); });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
