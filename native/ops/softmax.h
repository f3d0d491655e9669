// Softmax of every row, and its gradient.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// x, y: [rows, d]; y may be x.
CDLM_KERNEL(void softmax(const Device& device, const float* x, float* y, int64_t rows, int64_t d))

// dx = y ∘ (dy - ⟨dy, y⟩) in every row; all [rows, d]; dx may be dy or y.
CDLM_KERNEL(void softmax_gradient(const Device& device, const float* y, const float* dy, float* dx,
                                  int64_t rows, int64_t d))

}  // namespace cdlm
