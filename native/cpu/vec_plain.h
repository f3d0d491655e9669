// Vec of level plain: four lanes in portable C++. Included by vec.h alone.
#pragma once

namespace cdlm {
namespace CDLM_LEVEL {

#if defined(__GNUC__)
// The same arithmetic as the loops below, in a type whose values the compiler keeps in registers.
typedef float FloatLanes __attribute__((vector_size(16)));
typedef uint32_t IntLanes __attribute__((vector_size(16)));
#else
struct FloatLanes {
  float lane[4];
  float& operator[](int i) { return lane[i]; }
  float operator[](int i) const { return lane[i]; }
};
struct IntLanes {
  uint32_t lane[4];
  uint32_t& operator[](int i) { return lane[i]; }
  uint32_t operator[](int i) const { return lane[i]; }
};
template <typename T, typename F>
CDLM_INLINE T each_lane(const F& f) {
  T r;
  for (int i = 0; i < 4; ++i) r[i] = f(i);
  return r;
}
CDLM_INLINE FloatLanes operator+(FloatLanes a, FloatLanes b) {
  return each_lane<FloatLanes>([&](int i) { return a[i] + b[i]; });
}
CDLM_INLINE FloatLanes operator-(FloatLanes a, FloatLanes b) {
  return each_lane<FloatLanes>([&](int i) { return a[i] - b[i]; });
}
CDLM_INLINE FloatLanes operator*(FloatLanes a, FloatLanes b) {
  return each_lane<FloatLanes>([&](int i) { return a[i] * b[i]; });
}
CDLM_INLINE FloatLanes operator/(FloatLanes a, FloatLanes b) {
  return each_lane<FloatLanes>([&](int i) { return a[i] / b[i]; });
}
CDLM_INLINE IntLanes operator+(IntLanes a, IntLanes b) {
  return each_lane<IntLanes>([&](int i) { return a[i] + b[i]; });
}
CDLM_INLINE IntLanes operator^(IntLanes a, IntLanes b) {
  return each_lane<IntLanes>([&](int i) { return a[i] ^ b[i]; });
}
CDLM_INLINE IntLanes operator&(IntLanes a, IntLanes b) {
  return each_lane<IntLanes>([&](int i) { return a[i] & b[i]; });
}
#endif

struct Vec {
  static constexpr int W = 4;
  FloatLanes v;
};
struct Ints {
  IntLanes v;
};
// All bits of a lane are equal.
struct Mask {
  IntLanes v;
};

CDLM_INLINE Vec load(const float* p) {
  Vec r;
  std::memcpy(&r.v, p, sizeof r.v);
  return r;
}
CDLM_INLINE Vec load_partial(const float* p, int n) {
  Vec r;
  for (int i = 0; i < 4; ++i) r.v[i] = i < n ? p[i] : 0.0f;
  return r;
}
CDLM_INLINE void store(float* p, Vec a) { std::memcpy(p, &a.v, sizeof a.v); }
CDLM_INLINE void store_partial(float* p, Vec a, int n) {
  for (int i = 0; i < 4; ++i) {
    if (i < n) p[i] = a.v[i];
  }
}
CDLM_INLINE Vec broadcast(float x) { return {FloatLanes{x, x, x, x}}; }
CDLM_INLINE Vec operator+(Vec a, Vec b) { return {a.v + b.v}; }
CDLM_INLINE Vec operator-(Vec a, Vec b) { return {a.v - b.v}; }
CDLM_INLINE Vec operator*(Vec a, Vec b) { return {a.v * b.v}; }
CDLM_INLINE Vec operator/(Vec a, Vec b) { return {a.v / b.v}; }
CDLM_INLINE Vec fma(Vec a, Vec b, Vec c) { return {a.v * b.v + c.v}; }
CDLM_INLINE Vec square_root(Vec a) {
  for (int i = 0; i < 4; ++i) a.v[i] = std::sqrt(a.v[i]);
  return a;
}

CDLM_INLINE Mask less(Vec a, Vec b) {
  Mask r;
  for (int i = 0; i < 4; ++i) r.v[i] = a.v[i] < b.v[i] ? ~0u : 0u;
  return r;
}
CDLM_INLINE bool any(Mask m) { return (m.v[0] | m.v[1] | m.v[2] | m.v[3]) != 0; }
CDLM_INLINE Mask at_least(Ints a, Ints b) {
  Mask r;
  for (int i = 0; i < 4; ++i) r.v[i] = a.v[i] >= b.v[i] ? ~0u : 0u;
  return r;
}
CDLM_INLINE Vec select(Mask m, Vec yes, Vec no) {
  Vec r;
  for (int i = 0; i < 4; ++i) r.v[i] = m.v[i] != 0 ? yes.v[i] : no.v[i];
  return r;
}
CDLM_INLINE Vec maximum(Vec a, Vec b) { return select(less(b, a), a, b); }
CDLM_INLINE Vec minimum(Vec a, Vec b) { return select(less(a, b), a, b); }
CDLM_INLINE float sum(Vec a) { return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]); }
CDLM_INLINE float largest(Vec a) {
  const float x = a.v[0] > a.v[2] ? a.v[0] : a.v[2], y = a.v[1] > a.v[3] ? a.v[1] : a.v[3];
  return x > y ? x : y;
}

CDLM_INLINE Ints load_ints(const uint32_t* p) {
  Ints r;
  std::memcpy(&r.v, p, sizeof r.v);
  return r;
}
CDLM_INLINE void store_ints(uint32_t* p, Ints a) { std::memcpy(p, &a.v, sizeof a.v); }
CDLM_INLINE Ints broadcast_ints(uint32_t x) { return {IntLanes{x, x, x, x}}; }
CDLM_INLINE Ints operator+(Ints a, Ints b) { return {a.v + b.v}; }
CDLM_INLINE Ints operator^(Ints a, Ints b) { return {a.v ^ b.v}; }
CDLM_INLINE Ints operator&(Ints a, Ints b) { return {a.v & b.v}; }
template <int N>
CDLM_INLINE Ints shift_left(Ints a) {
  for (int i = 0; i < 4; ++i) a.v[i] = a.v[i] << N;
  return a;
}
template <int N>
CDLM_INLINE Ints shift_right(Ints a) {
  for (int i = 0; i < 4; ++i) a.v[i] = a.v[i] >> N;
  return a;
}
CDLM_INLINE void multiply_wide(Ints a, Ints b, Ints* high, Ints* low) {
  for (int i = 0; i < 4; ++i) {
    const uint64_t product = uint64_t(a.v[i]) * b.v[i];
    high->v[i] = uint32_t(product >> 32);
    low->v[i] = uint32_t(product);
  }
}
CDLM_INLINE Vec as_floats(Ints a) {
  Vec r;
  std::memcpy(&r.v, &a.v, sizeof r.v);
  return r;
}
CDLM_INLINE Ints as_ints(Vec a) {
  Ints r;
  std::memcpy(&r.v, &a.v, sizeof r.v);
  return r;
}
// To the nearest integer, two's complement; |a| < 2^22. Adding and removing 1.5·2^23 rounds, ties to even.
CDLM_INLINE Ints round_to_ints(Vec a) {
  Ints r;
  for (int i = 0; i < 4; ++i) {
    const float magic = 12582912.0f, rounded = (a.v[i] + magic) - magic;
    r.v[i] = rounded == rounded ? uint32_t(int32_t(rounded)) : 0u;
  }
  return r;
}
CDLM_INLINE Vec to_floats(Ints a) {
  Vec r;
  for (int i = 0; i < 4; ++i) r.v[i] = float(int32_t(a.v[i]));
  return r;
}

CDLM_INLINE void transpose(Vec (&rows)[4]) {
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < i; ++j) {
      const float x = rows[i].v[j];
      rows[i].v[j] = rows[j].v[i];
      rows[j].v[i] = x;
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
