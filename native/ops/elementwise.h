// Sums, products and multiples of whole tensors.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// y = a + b; all [n]; y may be a or b.
CDLM_KERNEL(void add(const Device& device, const float* a, const float* b, float* y, int64_t n))

// y = a ∘ b; all [n]; y may be a or b.
CDLM_KERNEL(void multiply(const Device& device, const float* a, const float* b, float* y, int64_t n))

// y = s x; x, y: [n]; s: [1]; y may be x.
CDLM_KERNEL(void scale(const Device& device, const float* x, const float* s, float* y, int64_t n))

}  // namespace cdlm
