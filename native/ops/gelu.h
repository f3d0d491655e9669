// x Φ(x), the exact form with erf, and its gradient. Hendrycks and Gimpel 2016.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// y = x Φ(x); x, y: [n]; y may be x.
CDLM_KERNEL(void gelu(const Device& device, const float* x, float* y, int64_t n))

// dx = dy ∘ (Φ(x) + x φ(x)); all [n]; dx may be dy or x.
CDLM_KERNEL(void gelu_gradient(const Device& device, const float* x, const float* dy, float* dx, int64_t n))

}  // namespace cdlm
