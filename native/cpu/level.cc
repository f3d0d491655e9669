#include "cpu/level.h"

#include <cstdint>

#include "core/error.h"
#include "cpu/processor.h"
#include "cuda/devices.h"

namespace cdlm {
namespace {

constexpr Level kBestFirst[] = {Level::avx512, Level::avx2, Level::neon, Level::plain};

bool detect(Level level) {
  switch (level) {
    case Level::avx2:
      return has_avx2();
    case Level::avx512:
      return has_avx512();
    case Level::neon:
#if CDLM_ARM
      return true;
#else
      return false;
#endif
    default:
      return true;
  }
}

}  // namespace

const char* level_name(Level level) {
  switch (level) {
    case Level::avx2:
      return "avx2";
    case Level::avx512:
      return "avx512";
    case Level::neon:
      return "neon";
    case Level::cuda:
      return "cuda";
    default:
      return "plain";
  }
}

bool level_available(Level level) {
  if (level == Level::cuda) return cuda::device_count() > 0;  // asks the driver: not before somebody asks
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
  if (name == level_name(Level::cuda)) return Level::cuda;
  for (Level level : kBestFirst) {
    if (name != level_name(level)) continue;
    if (level_available(level)) return level;
    throw Error("UNSUPPORTED_PROCESSOR", "this processor or build has no such instruction level",
                std::string("at most ") + level_name(best_level()), name);
  }
  throw Error("INVALID_OPTION", "unknown instruction level", "plain, avx2, avx512 or neon", name);
}

}  // namespace cdlm
