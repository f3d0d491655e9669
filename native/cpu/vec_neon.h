// Vec of level neon (AArch64): four lanes. Included by vec.h alone.
#pragma once

#include <arm_neon.h>

namespace cdlm {
namespace CDLM_LEVEL {

struct Vec {
  static constexpr int W = 4;
  float32x4_t v;
};
struct Ints {
  uint32x4_t v;
};
// All bits of a lane are equal.
struct Mask {
  uint32x4_t v;
};

CDLM_INLINE Vec load(const float* p) { return {vld1q_f32(p)}; }
CDLM_INLINE void store(float* p, Vec a) { vst1q_f32(p, a.v); }
CDLM_INLINE Vec load_partial(const float* p, int n) {
  float lanes[4] = {0.0f, 0.0f, 0.0f, 0.0f};
  for (int i = 0; i < n; ++i) lanes[i] = p[i];
  return load(lanes);
}
CDLM_INLINE void store_partial(float* p, Vec a, int n) {
  float lanes[4];
  store(lanes, a);
  for (int i = 0; i < n; ++i) p[i] = lanes[i];
}
CDLM_INLINE Vec broadcast(float x) { return {vdupq_n_f32(x)}; }
CDLM_INLINE Vec operator+(Vec a, Vec b) { return {vaddq_f32(a.v, b.v)}; }
CDLM_INLINE Vec operator-(Vec a, Vec b) { return {vsubq_f32(a.v, b.v)}; }
CDLM_INLINE Vec operator*(Vec a, Vec b) { return {vmulq_f32(a.v, b.v)}; }
CDLM_INLINE Vec operator/(Vec a, Vec b) { return {vdivq_f32(a.v, b.v)}; }
CDLM_INLINE Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
CDLM_INLINE Vec maximum(Vec a, Vec b) { return {vmaxq_f32(a.v, b.v)}; }
CDLM_INLINE Vec minimum(Vec a, Vec b) { return {vminq_f32(a.v, b.v)}; }
CDLM_INLINE Vec square_root(Vec a) { return {vsqrtq_f32(a.v)}; }

CDLM_INLINE Mask less(Vec a, Vec b) { return {vcltq_f32(a.v, b.v)}; }
CDLM_INLINE bool any(Mask m) { return vmaxvq_u32(m.v) != 0; }
CDLM_INLINE Mask at_least(Ints a, Ints b) { return {vcgeq_u32(a.v, b.v)}; }
CDLM_INLINE Vec select(Mask m, Vec yes, Vec no) { return {vbslq_f32(m.v, yes.v, no.v)}; }

// Lane i meets lane i + 2, then i + 1.
CDLM_INLINE float sum(Vec a) {
  const float32x2_t x = vadd_f32(vget_low_f32(a.v), vget_high_f32(a.v));
  return vget_lane_f32(x, 0) + vget_lane_f32(x, 1);
}
CDLM_INLINE float largest(Vec a) { return vmaxvq_f32(a.v); }

CDLM_INLINE Ints load_ints(const uint32_t* p) { return {vld1q_u32(p)}; }
CDLM_INLINE void store_ints(uint32_t* p, Ints a) { vst1q_u32(p, a.v); }
CDLM_INLINE Ints broadcast_ints(uint32_t x) { return {vdupq_n_u32(x)}; }
CDLM_INLINE Ints operator+(Ints a, Ints b) { return {vaddq_u32(a.v, b.v)}; }
CDLM_INLINE Ints operator^(Ints a, Ints b) { return {veorq_u32(a.v, b.v)}; }
CDLM_INLINE Ints operator&(Ints a, Ints b) { return {vandq_u32(a.v, b.v)}; }
template <int N>
CDLM_INLINE Ints shift_left(Ints a) {
  return {vshlq_n_u32(a.v, N)};
}
template <int N>
CDLM_INLINE Ints shift_right(Ints a) {
  return {vshrq_n_u32(a.v, N)};
}
CDLM_INLINE void multiply_wide(Ints a, Ints b, Ints* high, Ints* low) {
  const uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(a.v), vget_low_u32(b.v)));
  const uint32x4_t last = vreinterpretq_u32_u64(vmull_high_u32(a.v, b.v));
  low->v = vuzp1q_u32(first, last);
  high->v = vuzp2q_u32(first, last);
}
CDLM_INLINE Vec as_floats(Ints a) { return {vreinterpretq_f32_u32(a.v)}; }
CDLM_INLINE Ints as_ints(Vec a) { return {vreinterpretq_u32_f32(a.v)}; }
// To the nearest integer (ties to even), two's complement; |a| < 2^22.
CDLM_INLINE Ints round_to_ints(Vec a) { return {vreinterpretq_u32_s32(vcvtnq_s32_f32(a.v))}; }
CDLM_INLINE Vec to_floats(Ints a) { return {vcvtq_f32_s32(vreinterpretq_s32_u32(a.v))}; }

CDLM_INLINE void transpose(Vec (&r)[4]) {
  const float32x4_t a = vtrn1q_f32(r[0].v, r[1].v), b = vtrn2q_f32(r[0].v, r[1].v);
  const float32x4_t c = vtrn1q_f32(r[2].v, r[3].v), d = vtrn2q_f32(r[2].v, r[3].v);
  r[0].v = vcombine_f32(vget_low_f32(a), vget_low_f32(c));
  r[1].v = vcombine_f32(vget_low_f32(b), vget_low_f32(d));
  r[2].v = vcombine_f32(vget_high_f32(a), vget_high_f32(c));
  r[3].v = vcombine_f32(vget_high_f32(b), vget_high_f32(d));
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
