// Instruction levels: which exist in this build, which this processor can run, and the call that picks one. A
// CUDA device counts as one more level: ops check tensors in one way and call kernels in one way for all.
#pragma once

#include <string>

namespace cdlm {

enum class Level { plain, avx2, avx512, neon, cuda };

const char* level_name(Level level);

// The best level that both this build and this processor have; never a device.
Level best_level();

// True if this build has the level and the processor (and operating system) can run it; of CUDA, if there is
// a device.
bool level_available(Level level);

// Parses a level's name. Throws Error INVALID_OPTION for an unknown name, UNSUPPORTED_PROCESSOR for one that
// this processor cannot run. Opening the device says why CUDA cannot be used.
Level parse_level(const std::string& name);

}  // namespace cdlm

#if defined(__x86_64__) || defined(_M_X64)
#define CDLM_X86 1
#elif defined(__aarch64__) || defined(_M_ARM64)
#define CDLM_ARM 1
#endif

// Declares a kernel, which is defined twice: in a *_cpu.cc file, inside namespace CDLM_LEVEL, compiled per
// level, and in a *_cuda.cu file, inside namespace cuda, where `Device` means a device (cuda/cuda.h):
//   CDLM_KERNEL(void gelu(const Device& device, const float* x, float* y, int64_t n));
// Calls the one of the given level:
//   CDLM_CALL(device.level, gelu(device, x, y, n));
#define CDLM_KERNEL(...)          \
  namespace plain {               \
  __VA_ARGS__;                    \
  }                               \
  CDLM_VECTOR_KERNEL(__VA_ARGS__) \
  namespace cuda {                \
  __VA_ARGS__;                    \
  }
#if CDLM_X86
#define CDLM_VECTOR_KERNEL(...) \
  namespace avx2 {              \
  __VA_ARGS__;                  \
  }                             \
  namespace avx512 {            \
  __VA_ARGS__;                  \
  }
#define CDLM_VECTOR_CASES(...)   \
  case ::cdlm::Level::avx512:    \
    ::cdlm::avx512::__VA_ARGS__; \
    break;                       \
  case ::cdlm::Level::avx2:      \
    ::cdlm::avx2::__VA_ARGS__;   \
    break;
#elif CDLM_ARM
#define CDLM_VECTOR_KERNEL(...) \
  namespace neon {              \
  __VA_ARGS__;                  \
  }
#define CDLM_VECTOR_CASES(...) \
  case ::cdlm::Level::neon:    \
    ::cdlm::neon::__VA_ARGS__; \
    break;
#else
#define CDLM_VECTOR_KERNEL(...)
#define CDLM_VECTOR_CASES(...)
#endif
#if CDLM_CUDA
#define CDLM_CUDA_CASE(...)    \
  case ::cdlm::Level::cuda:    \
    ::cdlm::cuda::__VA_ARGS__; \
    break;
#else
#define CDLM_CUDA_CASE(...)
#endif
// CDLM_CALL_ON_CPU is for kernels that devices do not have.
#define CDLM_CALL_ON_CPU(level, ...) \
  do {                               \
    switch (level) {                 \
      CDLM_VECTOR_CASES(__VA_ARGS__) \
      default:                       \
        ::cdlm::plain::__VA_ARGS__;  \
    }                                \
  } while (0)
#define CDLM_CALL(level, ...)        \
  do {                               \
    switch (level) {                 \
      CDLM_CUDA_CASE(__VA_ARGS__)    \
      CDLM_VECTOR_CASES(__VA_ARGS__) \
      default:                       \
        ::cdlm::plain::__VA_ARGS__;  \
    }                                \
  } while (0)
