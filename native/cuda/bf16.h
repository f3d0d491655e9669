// bf16, as its bits. For .cu files only.
#pragma once

#include "cuda/launch.h"

namespace cdlm {
namespace cuda {

using Bf16 = uint16_t;

// To the nearest, ties to even, as on the processor (cpu/bf16.h); NaN stays NaN.
__device__ inline Bf16 to_bf16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (x != x) return 0x7FC0;
  return static_cast<Bf16>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

__device__ inline float from_bf16(Bf16 half) {
  const uint32_t bits = uint32_t{half} << 16;
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

}  // namespace cuda
}  // namespace cdlm
