#include "cpu/level.h"

#include <cstdint>

#include "core/error.h"

#if CDLM_X86
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace cdlm {
namespace {

constexpr Level kBestFirst[] = {Level::avx512, Level::avx2, Level::neon, Level::plain};

#if CDLM_X86
struct Registers {
  uint32_t a, b, c, d;
};

Registers cpuid(uint32_t leaf) {
#if defined(_MSC_VER)
  int r[4];
  __cpuidex(r, static_cast<int>(leaf), 0);
  return {uint32_t(r[0]), uint32_t(r[1]), uint32_t(r[2]), uint32_t(r[3])};
#else
  Registers r{};
  __cpuid_count(leaf, 0, r.a, r.b, r.c, r.d);
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

bool detect(Level level) {
  if (level == Level::plain) return true;
  if (level == Level::neon || cpuid(0).a < 7) return false;
  const uint32_t features1 = cpuid(1).c, features7 = cpuid(7).b;
  constexpr uint32_t fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29;
  if (!bits(features1, fma | osxsave | avx | f16c)) return false;
  const uint64_t states = saved_states();
  constexpr uint64_t ymm_states = 0x6, zmm_states = 0xE6;
  constexpr uint32_t avx2 = 1u << 5, f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31;
  if (!bits(states, ymm_states) || !bits(features7, avx2)) return false;
  return level == Level::avx2 || (bits(states, zmm_states) && bits(features7, f | dq | bw | vl));
}
#elif CDLM_ARM
bool detect(Level level) { return level == Level::plain || level == Level::neon; }
#else
bool detect(Level level) { return level == Level::plain; }
#endif

}  // namespace

const char* level_name(Level level) {
  switch (level) {
    case Level::avx2:
      return "avx2";
    case Level::avx512:
      return "avx512";
    case Level::neon:
      return "neon";
    default:
      return "plain";
  }
}

bool level_available(Level level) {
  static const uint32_t available = [] {
    uint32_t set = 0;
    for (Level each : kBestFirst) set |= uint32_t(detect(each)) << static_cast<int>(each);
    return set;
  }();
  return (available >> static_cast<int>(level) & 1) != 0;
}

Level best_level() {
  for (Level level : kBestFirst) {
    if (level_available(level)) return level;
  }
  return Level::plain;
}

Level parse_level(const std::string& name) {
  for (Level level : kBestFirst) {
    if (name != level_name(level)) continue;
    if (level_available(level)) return level;
    throw Error("UNSUPPORTED_PROCESSOR", "this processor or build has no such instruction level",
                std::string("at most ") + level_name(best_level()), name);
  }
  throw Error("INVALID_OPTION", "unknown instruction level", "plain, avx2, avx512 or neon", name);
}

}  // namespace cdlm
