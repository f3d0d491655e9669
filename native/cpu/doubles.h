// W / 2 doubles, as wide as a Vec, for kernel files whose large parts cancel: load and store of doubles and
// of floats, broadcast, + - * and absolute. sum combines lanes in a fixed order.
#pragma once

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

constexpr int kDoubles = W / 2;

#if defined(__GNUC__)
typedef double DoubleLanes __attribute__((vector_size(kDoubles * 8)));
typedef float HalfLanes __attribute__((vector_size(kDoubles * 4)));
#else
struct DoubleLanes {
  double lane[kDoubles];
  double& operator[](int i) { return lane[i]; }
  double operator[](int i) const { return lane[i]; }
};
template <typename F>
CDLM_INLINE DoubleLanes each_double(const F& f) {
  DoubleLanes r;
  for (int i = 0; i < kDoubles; ++i) r[i] = f(i);
  return r;
}
CDLM_INLINE DoubleLanes operator+(DoubleLanes a, DoubleLanes b) {
  return each_double([&](int i) { return a[i] + b[i]; });
}
CDLM_INLINE DoubleLanes operator-(DoubleLanes a, DoubleLanes b) {
  return each_double([&](int i) { return a[i] - b[i]; });
}
CDLM_INLINE DoubleLanes operator*(DoubleLanes a, DoubleLanes b) {
  return each_double([&](int i) { return a[i] * b[i]; });
}
#endif

struct Doubles {
  DoubleLanes v;
};

CDLM_INLINE Doubles load(const double* p) {
  Doubles r;
  std::memcpy(&r.v, p, sizeof r.v);
  return r;
}
CDLM_INLINE void store(double* p, Doubles a) { std::memcpy(p, &a.v, sizeof a.v); }
CDLM_INLINE Doubles broadcast(double x) {
#if defined(__GNUC__)
  return {x - DoubleLanes{}};  // exactly x, and no subtraction in the end
#else
  return {each_double([x](int) { return x; })};
#endif
}
CDLM_INLINE Doubles operator+(Doubles a, Doubles b) { return {a.v + b.v}; }
CDLM_INLINE Doubles operator-(Doubles a, Doubles b) { return {a.v - b.v}; }
CDLM_INLINE Doubles operator*(Doubles a, Doubles b) { return {a.v * b.v}; }
CDLM_INLINE Doubles& operator+=(Doubles& a, Doubles b) { return a = a + b; }

// Doubles from as many floats.
CDLM_INLINE Doubles widen(const float* p) {
  Doubles r;
#if defined(__GNUC__)
  HalfLanes half;
  std::memcpy(&half, p, sizeof half);
  r.v = __builtin_convertvector(half, DoubleLanes);
#else
  for (int i = 0; i < kDoubles; ++i) r.v[i] = p[i];
#endif
  return r;
}

CDLM_INLINE Doubles absolute(Doubles a) {
  for (int i = 0; i < kDoubles; ++i) a.v[i] = std::abs(a.v[i]);
  return a;
}

CDLM_INLINE double sum(Doubles a) {
  double total = 0;
  for (int i = 0; i < kDoubles; ++i) total += a.v[i];
  return total;
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
