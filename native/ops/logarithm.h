// The natural logarithm on Vec, for kernel files (Cephes' logf: exponent and mantissa apart, a polynomial of
// the mantissa in [√½, √2)).
#pragma once

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// ln x, about 1 ulp; -inf for 0 and for denormals, which the engine's threads flush; NaN stays NaN. x is not
// negative.
CDLM_INLINE Vec log(Vec x) {
  const Ints bits = as_ints(x), mantissa = bits & broadcast_ints(0x007FFFFFu);
  // The exponent's field as a number, exactly: bits without the mantissa are a multiple of 2^23.
  Vec e = to_floats(bits & broadcast_ints(0x7F800000u)) * broadcast(1.1920928955e-7f) - broadcast(127.0f);
  Vec m = as_floats(mantissa ^ broadcast_ints(0x3F800000u));
  const Mask upper = less(broadcast(1.41421356f), m);
  m = select(upper, m * broadcast(0.5f), m) - broadcast(1.0f);
  e = select(upper, e + broadcast(1.0f), e);
  Vec p = fma(broadcast(7.0376836292e-2f), m, broadcast(-1.1514610310e-1f));
  p = fma(p, m, broadcast(1.1676998740e-1f));
  p = fma(p, m, broadcast(-1.2420140846e-1f));
  p = fma(p, m, broadcast(1.4249322787e-1f));
  p = fma(p, m, broadcast(-1.6668057665e-1f));
  p = fma(p, m, broadcast(2.0000714765e-1f));
  p = fma(p, m, broadcast(-2.4999993993e-1f));
  p = fma(p, m, broadcast(3.3333331174e-1f));
  const Vec z = m * m;
  Vec y = fma(p * z, m, e * broadcast(-2.12194440e-4f));
  y = fma(z, broadcast(-0.5f), y) + m;
  y = fma(e, broadcast(0.693359375f), y);
  y = select(less(x, broadcast(INFINITY)), y, x);
  return select(less(x, broadcast(1.17549435e-38f)), broadcast(-INFINITY), y);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
