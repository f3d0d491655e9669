// Vec of level avx2: eight lanes. Included by vec.h alone.
#pragma once

#include <immintrin.h>

namespace cdlm {
namespace CDLM_LEVEL {

struct Vec {
  static constexpr int W = 8;
  __m256 v;
};
struct Ints {
  __m256i v;
};
// All bits of a lane are equal.
struct Mask {
  __m256 v;
};

// Lanes 0..n-1 all ones.
CDLM_INLINE __m256i first_lanes(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

CDLM_INLINE Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
CDLM_INLINE Vec load_partial(const float* p, int n) { return {_mm256_maskload_ps(p, first_lanes(n))}; }
CDLM_INLINE void store(float* p, Vec a) { _mm256_storeu_ps(p, a.v); }
CDLM_INLINE void store_partial(float* p, Vec a, int n) { _mm256_maskstore_ps(p, first_lanes(n), a.v); }
CDLM_INLINE Vec broadcast(float x) { return {_mm256_set1_ps(x)}; }
CDLM_INLINE Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
CDLM_INLINE Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
CDLM_INLINE Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
CDLM_INLINE Vec operator/(Vec a, Vec b) { return {_mm256_div_ps(a.v, b.v)}; }
CDLM_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
CDLM_INLINE Vec maximum(Vec a, Vec b) { return {_mm256_max_ps(a.v, b.v)}; }
CDLM_INLINE Vec minimum(Vec a, Vec b) { return {_mm256_min_ps(a.v, b.v)}; }
CDLM_INLINE Vec square_root(Vec a) { return {_mm256_sqrt_ps(a.v)}; }

CDLM_INLINE Mask less(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
CDLM_INLINE bool any(Mask m) { return _mm256_movemask_ps(m.v) != 0; }
CDLM_INLINE Mask at_least(Ints a, Ints b) {
  return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_max_epu32(a.v, b.v), a.v))};
}
CDLM_INLINE Vec select(Mask m, Vec yes, Vec no) { return {_mm256_blendv_ps(no.v, yes.v, m.v)}; }

// Lane i meets lane i + W/2, then i + W/4, ...
CDLM_INLINE float sum(Vec a) {
  __m128 x = _mm_add_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  x = _mm_add_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}
CDLM_INLINE float largest(Vec a) {
  __m128 x = _mm_max_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  x = _mm_max_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
}

CDLM_INLINE Ints load_ints(const uint32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
}
CDLM_INLINE void store_ints(uint32_t* p, Ints a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a.v); }
CDLM_INLINE Ints broadcast_ints(uint32_t x) { return {_mm256_set1_epi32(static_cast<int>(x))}; }
CDLM_INLINE Ints operator+(Ints a, Ints b) { return {_mm256_add_epi32(a.v, b.v)}; }
CDLM_INLINE Ints operator^(Ints a, Ints b) { return {_mm256_xor_si256(a.v, b.v)}; }
CDLM_INLINE Ints operator&(Ints a, Ints b) { return {_mm256_and_si256(a.v, b.v)}; }
template <int N>
CDLM_INLINE Ints shift_left(Ints a) {
  return {_mm256_slli_epi32(a.v, N)};
}
template <int N>
CDLM_INLINE Ints shift_right(Ints a) {
  return {_mm256_srli_epi32(a.v, N)};
}
CDLM_INLINE void multiply_wide(Ints a, Ints b, Ints* high, Ints* low) {
  const __m256i even = _mm256_mul_epu32(a.v, b.v);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(b.v, 32));
  high->v = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
  low->v = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
}
CDLM_INLINE Vec as_floats(Ints a) { return {_mm256_castsi256_ps(a.v)}; }
CDLM_INLINE Ints as_ints(Vec a) { return {_mm256_castps_si256(a.v)}; }
// To the nearest integer (ties to even), two's complement; |a| < 2^22.
CDLM_INLINE Ints round_to_ints(Vec a) { return {_mm256_cvtps_epi32(a.v)}; }
CDLM_INLINE Vec to_floats(Ints a) { return {_mm256_cvtepi32_ps(a.v)}; }

CDLM_INLINE void transpose(Vec (&r)[8]) {
  const __m256 a0 = _mm256_unpacklo_ps(r[0].v, r[1].v), a1 = _mm256_unpackhi_ps(r[0].v, r[1].v);
  const __m256 a2 = _mm256_unpacklo_ps(r[2].v, r[3].v), a3 = _mm256_unpackhi_ps(r[2].v, r[3].v);
  const __m256 a4 = _mm256_unpacklo_ps(r[4].v, r[5].v), a5 = _mm256_unpackhi_ps(r[4].v, r[5].v);
  const __m256 a6 = _mm256_unpacklo_ps(r[6].v, r[7].v), a7 = _mm256_unpackhi_ps(r[6].v, r[7].v);
  const __m256 b0 = _mm256_shuffle_ps(a0, a2, 0x44), b1 = _mm256_shuffle_ps(a0, a2, 0xEE);
  const __m256 b2 = _mm256_shuffle_ps(a1, a3, 0x44), b3 = _mm256_shuffle_ps(a1, a3, 0xEE);
  const __m256 b4 = _mm256_shuffle_ps(a4, a6, 0x44), b5 = _mm256_shuffle_ps(a4, a6, 0xEE);
  const __m256 b6 = _mm256_shuffle_ps(a5, a7, 0x44), b7 = _mm256_shuffle_ps(a5, a7, 0xEE);
  r[0].v = _mm256_permute2f128_ps(b0, b4, 0x20);
  r[1].v = _mm256_permute2f128_ps(b1, b5, 0x20);
  r[2].v = _mm256_permute2f128_ps(b2, b6, 0x20);
  r[3].v = _mm256_permute2f128_ps(b3, b7, 0x20);
  r[4].v = _mm256_permute2f128_ps(b0, b4, 0x31);
  r[5].v = _mm256_permute2f128_ps(b1, b5, 0x31);
  r[6].v = _mm256_permute2f128_ps(b2, b6, 0x31);
  r[7].v = _mm256_permute2f128_ps(b3, b7, 0x31);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
