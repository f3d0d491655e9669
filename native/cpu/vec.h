// One vector type per instruction level, for kernel files (*_cpu.cc) only: everything lives in namespace
// CDLM_LEVEL and is inlined, so that no code of one level is ever called by another.
//
//   Vec   W floats            load, store, broadcast, + - * /, fma, minimum, maximum, square_root, sum,
//   largest
//
//   Ints  W uint32_t          load_ints, + ^ &, shift_left<N>, shift_right<N>, multiply_wide, round_to_ints,
//   to_floats
//
//   Mask  one truth per lane  less, at_least, select, any
//
// load_partial(p, n) reads the first n of W lanes (0 ≤ n ≤ W) and sets the others to 0; store_partial writes
// n lanes. fma(a, b, c) = a·b + c, fused wherever the level has the instruction (not in plain). sum and
// largest combine lanes in a fixed order. transpose turns W vectors of W lanes.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "cpu/inline.h"

#if CDLM_LEVEL_AVX512
#include "cpu/vec_avx512.h"
#elif CDLM_LEVEL_AVX2
#include "cpu/vec_avx2.h"
#elif CDLM_LEVEL_NEON
#include "cpu/vec_neon.h"
#elif CDLM_LEVEL_PLAIN
#include "cpu/vec_plain.h"
#else
#error "vec.h is for files that are compiled per level"
#endif

namespace cdlm {
namespace CDLM_LEVEL {

constexpr int W = Vec::W;

CDLM_INLINE Vec& operator+=(Vec& a, Vec b) { return a = a + b; }
CDLM_INLINE Vec& operator-=(Vec& a, Vec b) { return a = a - b; }
CDLM_INLINE Vec& operator*=(Vec& a, Vec b) { return a = a * b; }
CDLM_INLINE Vec zero() { return broadcast(0.0f); }
CDLM_INLINE Vec absolute(Vec a) { return as_floats(as_ints(a) & broadcast_ints(0x7FFFFFFFu)); }
CDLM_INLINE Vec negate(Vec a) { return as_floats(as_ints(a) ^ broadcast_ints(0x80000000u)); }
// |a| with the sign of b, for a ≥ 0.
CDLM_INLINE Vec with_sign(Vec a, Vec b) {
  return as_floats(as_ints(a) ^ (as_ints(b) & broadcast_ints(0x80000000u)));
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
