// A number or a row, repeated over a tensor.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// y: [n], every element = value.
CDLM_KERNEL(void fill(const Device& device, float value, float* y, int64_t n))

// y: [n], every element = *s; s: [1].
CDLM_KERNEL(void expand(const Device& device, const float* s, float* y, int64_t n))

// y: [rows, d], every row = b; b: [d].
CDLM_KERNEL(void expand_rows(const Device& device, const float* b, float* y, int64_t rows, int64_t d))

// y = x + b in every row; x, y: [rows, d]; b: [d]; y may be x.
CDLM_KERNEL(void add_bias(const Device& device, const float* x, const float* b, float* y, int64_t rows,
                          int64_t d))

}  // namespace cdlm
