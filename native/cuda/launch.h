// How CUDA kernels are started: a function object per element, per row (a warp each) or per block. For .cu
// files only. The grids depend on shapes alone, and nothing is added by atomics, so results have the same
// bits in every run.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <string>

#include "cuda/check.h"
#include "cuda/cuda.h"

// The shared memory whose size the launch decides, aligned as tensor cores want it. The emulated runtime of
// the tests has its own.
#ifndef CDLM_DYNAMIC_SHARED
#define CDLM_DYNAMIC_SHARED(name) extern __shared__ __align__(32) double name[]
#endif

namespace cdlm {
namespace cuda {

constexpr int kWarp = 32;
constexpr int kThreads = 256;  // of a block, unless a kernel says otherwise
constexpr int kWarps = kThreads / kWarp;

inline int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

template <typename F>
__global__ void elements_kernel(int64_t n, F f) {
  const int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i < n) f(i);
}

template <typename F>
__global__ void rows_kernel(int64_t rows, F f) {
  const int64_t row = int64_t{blockIdx.x} * kWarps + threadIdx.x / kWarp;
  if (row < rows) f(row, static_cast<int>(threadIdx.x % kWarp));
}

template <typename F>
__global__ void blocks_kernel(F f) {
  CDLM_DYNAMIC_SHARED(shared);
  f(int64_t{blockIdx.x}, shared);
}

// Queues kernel<<<blocks, threads, shared_bytes>>>(arguments…); throws if it could not be started. What fails
// later, on the device, shows when the stream is next waited for. `name` is for messages.
template <typename... Parameters, typename... Arguments>
void launch(const Cuda& cuda, const char* name, void (*kernel)(Parameters...), int64_t blocks,
            unsigned threads, size_t shared_bytes, Arguments... arguments) {
  constexpr int64_t kMostBlocks = 2147483647;
  if (blocks > kMostBlocks)
    throw Error("SHAPE_MISMATCH", std::string(name) + ": too large for CUDA",
                std::to_string(kMostBlocks) + " blocks", std::to_string(blocks));
  check_cuda(cudaSetDevice(cuda.index()), name);
  constexpr size_t kAlwaysAllowed = 48 * 1024;
  if (shared_bytes > kAlwaysAllowed)
    check_cuda(
        cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                             cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared_bytes)),
        name);
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(threads);
  config.dynamicSmemBytes = shared_bytes;
  config.stream = static_cast<cudaStream_t>(cuda.stream());
  check_cuda(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...), name);
}

// f(i) for i in 0 … n - 1, a thread each.
template <typename F>
void each_element(const Cuda& cuda, const char* name, int64_t n, F f) {
  if (n > 0) launch(cuda, name, elements_kernel<F>, blocks_of(n, kThreads), kThreads, 0, n, f);
}

// f(row, lane) for rows 0 … rows - 1, a warp each.
template <typename F>
void each_row(const Cuda& cuda, const char* name, int64_t rows, F f) {
  if (rows > 0) launch(cuda, name, rows_kernel<F>, blocks_of(rows, kWarps), kThreads, 0, rows, f);
}

// f(block, shared) by all kThreads threads of every block; shared: `doubles` of them.
template <typename F>
void each_block(const Cuda& cuda, const char* name, int64_t blocks, size_t doubles, F f) {
  if (blocks > 0) launch(cuda, name, blocks_kernel<F>, blocks, kThreads, doubles * sizeof(double), f);
}

}  // namespace cuda
}  // namespace cdlm
