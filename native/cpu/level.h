// Instruction levels: which exist in this build, which this processor can run, and the call that picks one.
#pragma once

#include <string>

namespace cdlm {

enum class Level { plain, avx2, avx512, neon };

const char* level_name(Level level);

// The best level that both this build and this processor have.
Level best_level();

// True if this build has the level and the processor (and operating system) can run it.
bool level_available(Level level);

// Parses a level's name. Throws Error INVALID_OPTION for an unknown name, UNSUPPORTED_PROCESSOR for one that
// this machine cannot run.
Level parse_level(const std::string& name);

}  // namespace cdlm

#if defined(__x86_64__) || defined(_M_X64)
#define CDLM_X86 1
#elif defined(__aarch64__) || defined(_M_ARM64)
#define CDLM_ARM 1
#endif

// Declares a kernel, which is defined once (in a *_cpu.cc file, inside namespace CDLM_LEVEL) and compiled per
// level:
//   CDLM_KERNEL(void gelu(const Cpu& cpu, const float* x, float* y, int64_t n));
// Calls the one of the given level:
//   CDLM_CALL(cpu.level, gelu(cpu, x, y, n));
#if CDLM_X86
#define CDLM_KERNEL(...) \
  namespace plain {      \
  __VA_ARGS__;           \
  }                      \
  namespace avx2 {       \
  __VA_ARGS__;           \
  }                      \
  namespace avx512 {     \
  __VA_ARGS__;           \
  }
#define CDLM_CALL(level, ...)        \
  do {                               \
    switch (level) {                 \
      case ::cdlm::Level::avx512:    \
        ::cdlm::avx512::__VA_ARGS__; \
        break;                       \
      case ::cdlm::Level::avx2:      \
        ::cdlm::avx2::__VA_ARGS__;   \
        break;                       \
      default:                       \
        ::cdlm::plain::__VA_ARGS__;  \
    }                                \
  } while (0)
#elif CDLM_ARM
#define CDLM_KERNEL(...) \
  namespace plain {      \
  __VA_ARGS__;           \
  }                      \
  namespace neon {       \
  __VA_ARGS__;           \
  }
#define CDLM_CALL(level, ...)           \
  do {                                  \
    if ((level) == ::cdlm::Level::neon) \
      ::cdlm::neon::__VA_ARGS__;        \
    else                                \
      ::cdlm::plain::__VA_ARGS__;       \
  } while (0)
#else
#define CDLM_KERNEL(...) \
  namespace plain {      \
  __VA_ARGS__;           \
  }
#define CDLM_CALL(level, ...) ::cdlm::plain::__VA_ARGS__
#endif
