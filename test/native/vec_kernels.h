// Vector functions as loops over arrays, so that a test can call them at any level.
#pragma once

#include <cstdint>

#include "cpu/level.h"

namespace cdlm {

enum class Function { exp, gelu, gelu_derivative, tanh, square_root, absolute, minus };

CDLM_KERNEL(void apply(Function f, const float* x, float* y, int64_t n));
CDLM_KERNEL(void sum_and_largest(const float* x, float* result /* [2] */));
CDLM_KERNEL(void random_values(uint32_t key0, uint32_t key1, uint32_t stream, uint32_t row, uint32_t column0,
                               int64_t n, uint32_t* out));
CDLM_KERNEL(void keep_at_least(const uint32_t* random, uint32_t threshold, const float* x, float* y, int n));
// One truth per vector: whether any of its lanes is less than `limit`.
CDLM_KERNEL(void any_less(const float* x, float limit, bool* result, int n));
CDLM_KERNEL(void lanes(int* width));
// One panel of A that is half a vector wider than its vectors are, from rows [panel rows, depth]; returns its
// width.
CDLM_KERNEL(void pack_uneven(const float* rows, int64_t depth, float* panel, int* width));

}  // namespace cdlm
