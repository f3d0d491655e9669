// Forced inlining: for what more than one instruction level includes, so that no level calls another's code.
#pragma once

#if defined(_MSC_VER)
#define CDLM_INLINE __forceinline
#define CDLM_UNROLL
#else
#define CDLM_INLINE inline __attribute__((always_inline))
#define CDLM_UNROLL _Pragma("GCC unroll 16")
#endif

// Asks for a cache line that will be written (or read) soon.
#if defined(__GNUC__)
#define CDLM_PREFETCH_WRITE(address) __builtin_prefetch(address, 1)
#define CDLM_PREFETCH_READ(address) __builtin_prefetch(address, 0)
#elif defined(_M_X64)
#include <intrin.h>
#define CDLM_PREFETCH_WRITE(address) _m_prefetchw(address)
#define CDLM_PREFETCH_READ(address) _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0)
#else
#define CDLM_PREFETCH_WRITE(address) static_cast<void>(address)
#define CDLM_PREFETCH_READ(address) static_cast<void>(address)
#endif

// The name of the level that a kernel file is compiled for, as a string literal.
#define CDLM_STRING_OF(x) #x
#define CDLM_STRING(x) CDLM_STRING_OF(x)
#define CDLM_LEVEL_NAME CDLM_STRING(CDLM_LEVEL)
