// Ops on rows: two matrices side by side, a factor per row, inner products of rows, the logistic function,
// and the counterfactual difference of tag scores.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// y [rows, left + right] = [a ; b] in every row.
CDLM_KERNEL(void concat_columns(const Device& device, const float* a, const float* b, float* y, int64_t rows,
                                int64_t left, int64_t right))
// Its inverse: a [rows, left] and b [rows, right].
CDLM_KERNEL(void split_columns(const Device& device, const float* y, float* a, float* b, int64_t rows,
                               int64_t left, int64_t right))

// y = s[row] · x; x, y: [rows, d]; s: [rows]; y may be x.
CDLM_KERNEL(void scale_rows(const Device& device, const float* x, const float* s, float* y, int64_t rows,
                            int64_t d))
// y[row] = ⟨a, b⟩ of the row; a, b: [rows, d]; y: [rows].
CDLM_KERNEL(void row_dots(const Device& device, const float* a, const float* b, float* y, int64_t rows,
                          int64_t d))

// y = 1 / (1 + e^-x); y may be x.
CDLM_KERNEL(void sigmoid(const Device& device, const float* x, float* y, int64_t n))
// dx = y (1 - y) dy; dx may be dy.
CDLM_KERNEL(void sigmoid_gradient(const Device& device, const float* y, const float* dy, float* dx,
                                  int64_t n))

// y = a - tau · b, but y = a in column 0 if `spared`; a, b, y: [rows, tags]; tau: [1]; y may be a or b.
CDLM_KERNEL(void counterfactual_effect(const Device& device, const float* a, const float* b, const float* tau,
                                       bool spared, float* y, int64_t rows, int64_t tags))

}  // namespace cdlm
