// A row times a small matrix that lies in the cache, for the inner loops of kernels.
#pragma once

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// y = Σ_s w[s] · matrix[s, :]; w: [rows]; matrix: [rows, stride]; y: [stride], whole vectors. Four chains of
// additions hide their latency.
CDLM_INLINE void multiply_row(const float* w, const float* matrix, float* y, int64_t rows, int64_t stride) {
  for (int64_t j = 0; j < stride; j += W) {
    Vec a0 = zero(), a1 = zero(), a2 = zero(), a3 = zero();
    const float* column = matrix + j;
    int64_t s = 0;
    for (; s + 4 <= rows; s += 4, column += 4 * stride) {
      a0 = fma(broadcast(w[s]), load(column), a0);
      a1 = fma(broadcast(w[s + 1]), load(column + stride), a1);
      a2 = fma(broadcast(w[s + 2]), load(column + 2 * stride), a2);
      a3 = fma(broadcast(w[s + 3]), load(column + 3 * stride), a3);
    }
    for (; s < rows; s++, column += stride) a0 = fma(broadcast(w[s]), load(column), a0);
    store(y + j, (a0 + a1) + (a2 + a3));
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
