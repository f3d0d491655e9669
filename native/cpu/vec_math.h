// Exponential, error function, normal distribution and tanh on Vec. Polynomials: Chebyshev interpolation of
// the named function (relative error below 1e-7 before rounding).
#pragma once

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// 2^n · e^r for |r| ≤ ln 2 / 2, by a polynomial of r.
CDLM_INLINE Vec exp_of_parts(Ints n, Vec r) {
  Vec p = fma(broadcast(1.392619767e-3f), r, broadcast(8.363190326e-3f));
  p = fma(p, r, broadcast(4.166655453e-2f));
  p = fma(p, r, broadcast(0.1666657692f));
  p = fma(p, r, broadcast(0.5f));
  p = fma(p * r, r, r) + broadcast(1.0f);
  return as_floats(as_ints(p) + shift_left<23>(n));
}

// e^x for an x that is in range.
CDLM_INLINE Vec exp_in_range(Vec x) {
  const Ints n = round_to_ints(x * broadcast(1.44269504f));
  const Vec whole = to_floats(n);
  // ln 2 in two parts, the first with few enough bits for an exact product.
  return exp_of_parts(n, fma(whole, broadcast(2.12194440e-4f), fma(whole, broadcast(-0.693359375f), x)));
}

constexpr float kExpLowest = -87.3365447f, kExpHighest = 88.7228317f;

// e^x, about 1 ulp. 0 below ln 2^-126 (so e^-inf = 0), +inf above ln 2^128; NaN stays NaN.
CDLM_INLINE Vec exp(Vec x) {
  const Vec lowest = broadcast(kExpLowest), highest = broadcast(kExpHighest);
  Vec y = exp_in_range(maximum(lowest, minimum(highest, x)));  // in this order NaN survives
  y = select(less(x, lowest), zero(), y);
  return select(less(highest, x), broadcast(INFINITY), y);
}

// The upper tail erfc(a)/2 and the bell e^(-a²), given s = 0.4·a and negated_square = -a², for a ≥ 0:
// erfc(a) = e^(-a²)·(1 + u·Q(u)), u = s / (1 + s). u maps the half line to [0, 1), where erfc(a)·e^(a²) is
// smooth.
struct Tail {
  Vec tail, bell;
};
CDLM_INLINE Tail upper_tail(Vec s, Vec negated_square) {
  const Vec one = broadcast(1.0f), u = s / (one + s);
  Vec q = fma(broadcast(0.0832506390954f), u, broadcast(-0.224875750968f));
  q = fma(q, u, broadcast(0.0314358482834f));
  q = fma(q, u, broadcast(0.375462792041f));
  q = fma(q, u, broadcast(0.201973189337f));
  q = fma(q, u, broadcast(-2.07521222937f));
  q = fma(q, u, broadcast(3.4290632166f));
  q = fma(q, u, broadcast(-2.8209479851f));
  // 2e-35 stands for smaller bells: what is made of them must not be denormal, which costs a hundred cycles.
  const Vec bell = exp_in_range(maximum(broadcast(-80.0f), negated_square));
  return {fma(u, q, one) * (bell * broadcast(0.5f)), bell};
}

// Standard normal distribution Φ(x) and density φ(x).
struct Normal {
  Vec distribution, density;
};
CDLM_INLINE Normal normal(Vec x) {
  const Tail t = upper_tail(absolute(x) * broadcast(0.28284271f), x * x * broadcast(-0.5f));
  const Vec distribution = select(less(x, zero()), t.tail, broadcast(1.0f) - t.tail);
  return {distribution, t.bell * broadcast(0.39894228f)};
}

// GELU (Hendrycks and Gimpel 2016), exact form: x·Φ(x), and its derivative Φ(x) + x·φ(x).
CDLM_INLINE Vec gelu(Vec x) { return x * normal(x).distribution; }
CDLM_INLINE Vec gelu_derivative(Vec x) {
  const Normal n = normal(x);
  return fma(x, n.density, n.distribution);
}

// tanh(x), a few ulp: an odd polynomial where 1 - 2/(e^2x + 1) would cancel.
CDLM_INLINE Vec tanh(Vec x) {
  const Vec a = absolute(x), one = broadcast(1.0f), z = a * a;
  Vec p = fma(broadcast(2.269501684e-3f), z, broadcast(-8.323187058e-3f));
  p = fma(p, z, broadcast(2.176250291e-2f));
  p = fma(p, z, broadcast(-5.395846163e-2f));
  p = fma(p, z, broadcast(0.1333330015f));
  p = fma(p, z, broadcast(-0.3333333315f));
  const Vec near = fma(p * z, a, a);
  const Vec far = one - broadcast(2.0f) / (exp(a + a) + one);
  return with_sign(select(less(a, broadcast(0.63f)), near, far), x);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
