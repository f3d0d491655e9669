// The one way to start a kernel, and sums over a warp. For .cu files only; the emulated build of the tests
// (test/native/cuda_emulation.h) stands in for both.
#pragma once

#include "cuda/check.h"
#include "cuda/cuda.h"

namespace cdlm {
namespace CDLM_CUDA {

constexpr int kWarp = 32;

// Queues kernel<<<grid, threads>>>(arguments…) on the stream; throws if it could not be started. What fails
// later, on the device, shows when the stream is next waited for. `name` is for messages.
template <typename... Parameters, typename... Arguments>
void launch(const Cuda& cuda, const char* name, void (*kernel)(Parameters...), dim3 grid, unsigned threads,
            Arguments... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = dim3(threads);
  config.stream = static_cast<cudaStream_t>(cuda.stream);
  check_cuda(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...), name);
}

// Σ of v over the lanes of a warp, in every lane, added in an order that is always the same.
__device__ inline float warp_sum(float v) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2) v += __shfl_xor_sync(0xffffffffu, v, distance);
  return v;
}

}  // namespace CDLM_CUDA
}  // namespace cdlm
