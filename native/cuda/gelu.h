// GELU of one number. For .cu files only.
#pragma once

#include "cuda/launch.h"

namespace cdlm {
namespace cuda {

// Φ(x), by erfc, which keeps the digits of the lower tail.
__device__ inline float normal_share(float x) { return 0.5f * erfcf(-0.70710678118654752f * x); }

__device__ inline float gelu(float x) { return x * normal_share(x); }

__device__ inline float gelu_derivative(float x) {
  return fmaf(x * 0.39894228040143268f, expf(-0.5f * x * x), normal_share(x));
}

}  // namespace cuda
}  // namespace cdlm
