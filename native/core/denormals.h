// Treats numbers below 1e-38 as zero on the calling thread: fading Adam moments would cost a hundred times as
// much.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace cdlm {

inline void flush_denormals() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, denormals are zero
#elif defined(__aarch64__) && !defined(_MSC_VER)
  unsigned long long control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  asm volatile("msr fpcr, %0" : : "r"(control | (1ull << 24)));
#endif
}

}  // namespace cdlm
