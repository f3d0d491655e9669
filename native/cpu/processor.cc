#include "cpu/processor.h"

#include <cstdint>

#include "cpu/level.h"

#if CDLM_X86
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace cdlm {

#if CDLM_X86
namespace {

struct Registers {
  uint32_t a, b, c, d;
};

Registers cpuid(uint32_t leaf, uint32_t part = 0) {
#if defined(_MSC_VER)
  int r[4];
  __cpuidex(r, static_cast<int>(leaf), static_cast<int>(part));
  return {uint32_t(r[0]), uint32_t(r[1]), uint32_t(r[2]), uint32_t(r[3])};
#else
  Registers r{};
  __cpuid_count(leaf, part, r.a, r.b, r.c, r.d);
  return r;
#endif
}

// Register states that the operating system saves (XCR0).
uint64_t saved_states() {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
#endif
}

bool bits(uint64_t value, uint64_t wanted) { return (value & wanted) == wanted; }

}  // namespace

bool has_avx2() {
  constexpr uint32_t fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29, avx2 = 1u << 5;
  constexpr uint64_t ymm_states = 0x6;
  return cpuid(0).a >= 7 && bits(cpuid(1).c, fma | osxsave | avx | f16c) &&
         bits(saved_states(), ymm_states) && bits(cpuid(7).b, avx2);
}

bool has_avx512() {
  constexpr uint32_t f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31;
  constexpr uint64_t zmm_states = 0xE6;
  return has_avx2() && bits(saved_states(), zmm_states) && bits(cpuid(7).b, f | dq | bw | vl);
}

bool has_avx512_bf16() {
  constexpr uint32_t bf16 = 1u << 5;
  return has_avx512() && cpuid(7).a >= 1 && bits(cpuid(7, 1).a, bf16);
}

bool has_avx512_vnni() {
  constexpr uint32_t vnni = 1u << 11;
  return has_avx512() && bits(cpuid(7).c, vnni);
}

bool may_use_amx() {
#if defined(__linux__)
  constexpr uint32_t bf16 = 1u << 22, tile = 1u << 24;
  constexpr uint64_t tile_states = 3u << 17;
  constexpr long request = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM
  return has_avx512_bf16() && bits(cpuid(7).d, bf16 | tile) && bits(saved_states(), tile_states) &&
         syscall(SYS_arch_prctl, request, tile_data) == 0;
#else
  return false;
#endif
}

bool is_amd() {
  const Registers maker = cpuid(0);
  return maker.b == 0x68747541 && maker.d == 0x69746E65 && maker.c == 0x444D4163;  // AuthenticAMD
}
#else
bool has_avx2() { return false; }
bool has_avx512() { return false; }
bool has_avx512_bf16() { return false; }
bool has_avx512_vnni() { return false; }
bool may_use_amx() { return false; }
bool is_amd() { return false; }
#endif

}  // namespace cdlm
