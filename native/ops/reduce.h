// Sums over elements and over rows, in an order that the shape alone decides.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// *y = Σ x; x: [n].
CDLM_KERNEL(void sum(const Device& device, const float* x, float* y, int64_t n))

// y = Σ of the rows of x; x: [rows, d]; y: [d].
CDLM_KERNEL(void sum_rows(const Device& device, const float* x, float* y, int64_t rows, int64_t d))

}  // namespace cdlm
