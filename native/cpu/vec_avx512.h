// Vec of level avx512: sixteen lanes. Included by vec.h alone.
#pragma once

// GCC 12's own headers begin many intrinsics with an undefined vector and then warn about it, wherever they
// are inlined.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

namespace cdlm {
namespace CDLM_LEVEL {

struct Vec {
  static constexpr int W = 16;
  __m512 v;
};
struct Ints {
  __m512i v;
};
struct Mask {
  __mmask16 v;
};

CDLM_INLINE __mmask16 first_lanes(int n) { return static_cast<__mmask16>((1u << n) - 1u); }

CDLM_INLINE Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
CDLM_INLINE Vec load_partial(const float* p, int n) { return {_mm512_maskz_loadu_ps(first_lanes(n), p)}; }
CDLM_INLINE void store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
CDLM_INLINE void store_partial(float* p, Vec a, int n) { _mm512_mask_storeu_ps(p, first_lanes(n), a.v); }
CDLM_INLINE Vec broadcast(float x) { return {_mm512_set1_ps(x)}; }
CDLM_INLINE Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
CDLM_INLINE Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
CDLM_INLINE Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
CDLM_INLINE Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
CDLM_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
CDLM_INLINE Vec maximum(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
CDLM_INLINE Vec minimum(Vec a, Vec b) { return {_mm512_min_ps(a.v, b.v)}; }
CDLM_INLINE Vec square_root(Vec a) { return {_mm512_sqrt_ps(a.v)}; }

CDLM_INLINE Mask less(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
CDLM_INLINE bool any(Mask m) { return m.v != 0; }
CDLM_INLINE Mask at_least(Ints a, Ints b) { return {_mm512_cmpge_epu32_mask(a.v, b.v)}; }
CDLM_INLINE Vec select(Mask m, Vec yes, Vec no) { return {_mm512_mask_blend_ps(m.v, no.v, yes.v)}; }

// Lane i meets lane i + W/2, then i + W/4, ...
CDLM_INLINE float sum(Vec a) {
  const __m256 h = _mm256_add_ps(_mm512_castps512_ps256(a.v), _mm512_extractf32x8_ps(a.v, 1));
  __m128 x = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  x = _mm_add_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}
CDLM_INLINE float largest(Vec a) {
  const __m256 h = _mm256_max_ps(_mm512_castps512_ps256(a.v), _mm512_extractf32x8_ps(a.v, 1));
  __m128 x = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  x = _mm_max_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
}

CDLM_INLINE Ints load_ints(const uint32_t* p) { return {_mm512_loadu_si512(p)}; }
CDLM_INLINE void store_ints(uint32_t* p, Ints a) { _mm512_storeu_si512(p, a.v); }
CDLM_INLINE Ints broadcast_ints(uint32_t x) { return {_mm512_set1_epi32(static_cast<int>(x))}; }
CDLM_INLINE Ints operator+(Ints a, Ints b) { return {_mm512_add_epi32(a.v, b.v)}; }
CDLM_INLINE Ints operator^(Ints a, Ints b) { return {_mm512_xor_si512(a.v, b.v)}; }
CDLM_INLINE Ints operator&(Ints a, Ints b) { return {_mm512_and_si512(a.v, b.v)}; }
template <int N>
CDLM_INLINE Ints shift_left(Ints a) {
  return {_mm512_slli_epi32(a.v, N)};
}
template <int N>
CDLM_INLINE Ints shift_right(Ints a) {
  return {_mm512_srli_epi32(a.v, N)};
}
CDLM_INLINE void multiply_wide(Ints a, Ints b, Ints* high, Ints* low) {
  const __m512i even = _mm512_mul_epu32(a.v, b.v);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), _mm512_srli_epi64(b.v, 32));
  high->v = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
  low->v = _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
}
CDLM_INLINE Vec as_floats(Ints a) { return {_mm512_castsi512_ps(a.v)}; }
CDLM_INLINE Ints as_ints(Vec a) { return {_mm512_castps_si512(a.v)}; }
// To the nearest integer (ties to even), two's complement; |a| < 2^22.
CDLM_INLINE Ints round_to_ints(Vec a) { return {_mm512_cvtps_epi32(a.v)}; }
CDLM_INLINE Vec to_floats(Ints a) { return {_mm512_cvtepi32_ps(a.v)}; }

// Pairs of rows, then quadruples, within 128-bit quarters; then quarters change places.
CDLM_INLINE void transpose(Vec (&r)[16]) {
  __m512 t[16];
  CDLM_UNROLL
  for (int i = 0; i < 16; i += 4) {
    const __m512 a0 = _mm512_unpacklo_ps(r[i].v, r[i + 1].v), a1 = _mm512_unpackhi_ps(r[i].v, r[i + 1].v);
    const __m512 a2 = _mm512_unpacklo_ps(r[i + 2].v, r[i + 3].v),
                 a3 = _mm512_unpackhi_ps(r[i + 2].v, r[i + 3].v);
    t[i] = _mm512_shuffle_ps(a0, a2, 0x44);
    t[i + 1] = _mm512_shuffle_ps(a0, a2, 0xEE);
    t[i + 2] = _mm512_shuffle_ps(a1, a3, 0x44);
    t[i + 3] = _mm512_shuffle_ps(a1, a3, 0xEE);
  }
  CDLM_UNROLL
  for (int i = 0; i < 4; ++i) {
    const __m512 a0 = _mm512_shuffle_f32x4(t[i], t[i + 4], 0x88),
                 a1 = _mm512_shuffle_f32x4(t[i], t[i + 4], 0xDD);
    const __m512 a2 = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0x88);
    const __m512 a3 = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0xDD);
    r[i].v = _mm512_shuffle_f32x4(a0, a2, 0x88);
    r[i + 8].v = _mm512_shuffle_f32x4(a0, a2, 0xDD);
    r[i + 4].v = _mm512_shuffle_f32x4(a1, a3, 0x88);
    r[i + 12].v = _mm512_shuffle_f32x4(a1, a3, 0xDD);
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
