// bf16 in vectors of 32-bit words, for kernel files only: rounding to the nearest (ties to even), pairs of
// bf16 in a word, and their products. With CDLM_BF16 by the processor's instructions, else by portable code.
// The processor's reads and writes denormal numbers as zeros.
#pragma once

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// A float whose lower half is zero. NaN stays NaN.
CDLM_INLINE Vec round_to_bf16(Vec x) {
  const Ints bits = as_ints(x), half = broadcast_ints(0x7FFFu),
             odd = shift_right<16>(bits) & broadcast_ints(1u);
  const Ints high = broadcast_ints(0xFFFF0000u);
  const Vec rounded = as_floats((bits + half + odd) & high);
  // Everything above infinity in magnitude is a NaN, which the addition might have carried away.
  const Mask nan = at_least(bits & broadcast_ints(0x7FFFFFFFu), broadcast_ints(0x7F800001u));
  return select(nan, broadcast(NAN), rounded);
}

#if CDLM_BF16
#if defined(_MSC_VER) && !defined(__clang__)
CDLM_INLINE __m512bh as_pairs(Vec a) {
  __m512bh r;
  std::memcpy(&r, &a.v, sizeof r);
  return r;
}
CDLM_INLINE __m512i as_words(__m512bh a) {
  __m512i r;
  std::memcpy(&r, &a, sizeof r);
  return r;
}
#else
CDLM_INLINE __m512bh as_pairs(Vec a) { return (__m512bh)a.v; }
CDLM_INLINE __m512i as_words(__m512bh a) { return (__m512i)a; }
#endif

// Word i holds elements 2i and 2i + 1 of first, second.
CDLM_INLINE Vec pairs_of_neighbours(Vec first, Vec second) {
  return {_mm512_castsi512_ps(as_words(_mm512_cvtne2ps_pbh(second.v, first.v)))};
}
// Word i holds element i of `even` and of `odd`.
CDLM_INLINE Vec pairs_of_lanes(Vec even, Vec odd) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7,
                                         22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m512i halves = as_words(_mm512_cvtne2ps_pbh(odd.v, even.v));
  return {_mm512_castsi512_ps(_mm512_permutexvar_epi16(order, halves))};
}
CDLM_INLINE Vec multiply_add_pairs(Vec a, Vec b, Vec sum) {
  return {_mm512_dpbf16_ps(sum.v, as_pairs(a), as_pairs(b))};
}
#else
CDLM_INLINE Vec pairs_of_lanes(Vec even, Vec odd) {
  return as_floats(shift_right<16>(as_ints(round_to_bf16(even))) + as_ints(round_to_bf16(odd)));
}
CDLM_INLINE Vec pairs_of_neighbours(Vec first, Vec second) {
  float x[2 * W], even[W], odd[W];
  store(x, first);
  store(x + W, second);
  for (int i = 0; i < W; ++i) even[i] = x[2 * i], odd[i] = x[2 * i + 1];
  return pairs_of_lanes(load(even), load(odd));
}
CDLM_INLINE Vec multiply_add_pairs(Vec a, Vec b, Vec sum) {
  const Ints high = broadcast_ints(0xFFFF0000u);
  sum = fma(as_floats(as_ints(a) & high), as_floats(as_ints(b) & high), sum);
  return fma(as_floats(shift_left<16>(as_ints(a))), as_floats(shift_left<16>(as_ints(b))), sum);
}
#endif

}  // namespace CDLM_LEVEL
}  // namespace cdlm
