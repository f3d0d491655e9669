// Rows shifted and scaled to mean 0 and (biased) variance 1, then γ ∘ x̂ + β. Ba et al. 2016.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// x, y: [rows, d]; gamma, beta: [d]; statistics: [rows, 2], each row's mean and 1 / √(variance + epsilon).
// y may be x.
CDLM_KERNEL(void layer_norm(const Device& device, const float* x, const float* gamma, const float* beta,
                            float epsilon, float* y, float* statistics, int64_t rows, int64_t d))

// dx, x, dy: [rows, d]; gamma, d_gamma, d_beta: [d]; statistics: [rows, 2]; dx may be dy or x.
CDLM_KERNEL(void layer_norm_gradient(const Device& device, const float* x, const float* gamma,
                                     const float* statistics, const float* dy, float* dx, float* d_gamma,
                                     float* d_beta, int64_t rows, int64_t d))

}  // namespace cdlm
