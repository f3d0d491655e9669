// Forced inlining: for what more than one instruction level includes, so that no level calls another's code.
#pragma once

#if defined(_MSC_VER)
#define CDLM_INLINE __forceinline
#define CDLM_UNROLL
#else
#define CDLM_INLINE inline __attribute__((always_inline))
#define CDLM_UNROLL _Pragma("GCC unroll 16")
#endif
