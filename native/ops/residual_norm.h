// Layer norm of dropout(x) + residual in one pass over memory.
#pragma once

#include <cstdint>

#include "ops/dropout.h"

namespace cdlm {

// x, residual, total, y: [rows, d]; gamma, beta: [d]; statistics: [rows, 2] as layer_norm's. `total` receives
// dropout(x) + residual, which the gradient needs; it may be x or residual. Element (row, j) draws column j
// of the row.
CDLM_KERNEL(void residual_norm(const Device& device, const float* x, const float* residual,
                               const float* gamma, const float* beta, Dropout dropping, float epsilon,
                               float* total, float* y, float* statistics, int64_t rows, int64_t d))

}  // namespace cdlm
