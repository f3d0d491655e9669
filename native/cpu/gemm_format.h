// The formats of packed operands (PackedType): how words are made of floats, and how they are multiplied.
//
//   along   W words along K of one row, from `steps` neighbouring values (0 ≤ steps ≤ W · kSteps)
//   across  one word each of n neighbouring rows, from `steps` values along K (0 ≤ steps ≤ kSteps)
//   multiply_add  sum + a · b, over the steps of a word
//
// Values beyond n and steps are not read and count as zero.
#pragma once

#include "cpu/bf16.h"
#include "cpu/gemm_kernels.h"

namespace cdlm {
namespace CDLM_LEVEL {

CDLM_INLINE Vec load_lanes(const float* p, int n) { return n == W ? load(p) : load_partial(p, n); }

struct Floats {
  static constexpr int kSteps = 1;
  static constexpr bool kCorrected = false;  // sums are ints that begin with a correction
  static CDLM_INLINE Vec along(const float* from, int steps) { return load_lanes(from, steps); }
  static CDLM_INLINE Vec across(const float* from, int64_t, int n, int) { return load_lanes(from, n); }
  static CDLM_INLINE Vec multiply_add(Vec a, Vec b, Vec sum) { return fma(a, b, sum); }
};

// Floats that are bf16 numbers.
struct RoundedFloats : Floats {
  static CDLM_INLINE Vec along(const float* from, int steps) {
    return round_to_bf16(load_lanes(from, steps));
  }
  static CDLM_INLINE Vec across(const float* from, int64_t, int n, int) {
    return round_to_bf16(load_lanes(from, n));
  }
};

struct Pairs {
  static constexpr int kSteps = 2;
  static constexpr bool kCorrected = false;
  static CDLM_INLINE Vec along(const float* from, int steps) {
    if (steps == 2 * W) return pairs_of_neighbours(load(from), load(from + W));
    if (steps <= W) return pairs_of_neighbours(load_partial(from, steps), zero());
    return pairs_of_neighbours(load(from), load_partial(from + W, steps - W));
  }
  static CDLM_INLINE Vec across(const float* from, int64_t depth_step, int n, int steps) {
    return pairs_of_lanes(steps > 0 ? load_lanes(from, n) : zero(),
                          steps > 1 ? load_lanes(from + depth_step, n) : zero());
  }
  static CDLM_INLINE Vec multiply_add(Vec a, Vec b, Vec sum) { return multiply_add_pairs(a, b, sum); }
};

}  // namespace CDLM_LEVEL
}  // namespace cdlm
