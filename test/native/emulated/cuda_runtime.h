// CUDA on the host, for tests where there is no device: stands in for CUDA's header of this name, so that the
// same .cu files are built by the host's compiler. It knows what they use (a fiber per thread, shared memory,
// barriers, warp shuffles, one device whose memory is the host's), and nothing else.
#pragma once

#include <math.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>

#include "streams.h"

#define __global__
#define __device__
#define __host__
#define __shared__ static thread_local  // a block runs at a time
#define CDLM_DYNAMIC_SHARED(name) double* name = ::emulated::dynamic_shared()

struct dim3 {
  dim3(unsigned x_ = 1) : x(x_) {}
  unsigned x, y = 1, z = 1;
};

enum cudaError_t {
  cudaSuccess,
  cudaErrorMemoryAllocation,
  cudaErrorNoDevice,
  cudaErrorInvalidDevice,
  cudaErrorInsufficientDriver,
  cudaErrorDevicesUnavailable,
  cudaErrorNoKernelImageForDevice,
  cudaErrorUnsupportedPtxVersion,
  cudaErrorSystemDriverMismatch,
  cudaErrorECCUncorrectable,
  cudaErrorDeviceNotLicensed,
  cudaErrorSystemNotReady,
  cudaErrorInitializationError,
  cudaErrorOperatingSystem,
  cudaErrorStartupFailure,
  cudaErrorHardwareStackError,
  cudaErrorLaunchFailure,
  cudaErrorLaunchTimeout,
  cudaErrorUnknown,
  cudaErrorInvalidValue,
  cudaErrorStreamCaptureUnsupported,
  cudaErrorGraphExecUpdateFailure,
};
using cudaStream_t = void*;

namespace emulated {

// Where the running fiber stands.
struct Position {
  dim3 thread, block;
};
Position& here();
double* dynamic_shared();

// Runs body() as every thread of every block. Blocks, and the threads of a block between two barriers, take
// turns in an order that differs from one launch to the next. Ends the process where a barrier waits for a
// thread that is gone.
void run_grid(dim3 blocks, dim3 threads, size_t shared_bytes, const std::function<void()>& body);

// Counts a launch; what it, and every call from then on, fails with.
cudaError_t fault_of_launch();

// Work for when the stream is waited for, or for the graph that it is captured in.
void queue(cudaStream_t stream, Work kind, std::function<void()> work);
void finish_all_streams();

void block_barrier();
// Every lane of the warp brings `bits` and takes those of lane `from`.
uint64_t exchange(uint64_t bits, unsigned from);

template <typename T>
T exchange_value(T value, unsigned from) {
  static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves at most 8 bytes");
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(bits, from % 32);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline unsigned lane_index() { return here().thread.x % 32; }

}  // namespace emulated

#define threadIdx (::emulated::here().thread)
#define blockIdx (::emulated::here().block)

inline void __syncthreads() { ::emulated::block_barrier(); }
inline void __syncwarp() { ::emulated::exchange(0, 0); }
template <typename T>
T __shfl_xor_sync(unsigned, T value, int mask) {
  return ::emulated::exchange_value(value, ::emulated::lane_index() ^ static_cast<unsigned>(mask));
}
template <typename T>
T __shfl_sync(unsigned, T value, int from) {
  return ::emulated::exchange_value(value, static_cast<unsigned>(from));
}

// The run-time library. The environment says what is wrong with the device: faults.h.
#define CUDART_VERSION 13000
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost };
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize };
constexpr unsigned cudaStreamNonBlocking = 1;

struct cudaDeviceProp {
  char name[256];
  int major, minor;
  size_t totalGlobalMem;
};

struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
};

// A graph, and one that is ready to start, are the same here.
namespace emulated {
struct Graph;
}
using cudaGraph_t = emulated::Graph*;
using cudaGraphExec_t = emulated::Graph*;
enum cudaStreamCaptureMode { cudaStreamCaptureModeRelaxed };
struct cudaGraphExecUpdateResultInfo {};

const char* cudaGetErrorString(cudaError_t status);
cudaError_t cudaGetLastError();
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaMemGetInfo(size_t* free, size_t* total);
cudaError_t cudaMalloc(void** data, size_t bytes);
cudaError_t cudaFree(void* data);
cudaError_t cudaMallocHost(void** data, size_t bytes);
cudaError_t cudaFreeHost(void* data);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream);
cudaError_t cudaMemsetAsync(void* data, int value, size_t bytes, cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* made, cudaGraph_t graph, unsigned long long flags);
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t made, cudaGraph_t graph, cudaGraphExecUpdateResultInfo* info);
cudaError_t cudaGraphLaunch(cudaGraphExec_t made, cudaStream_t stream);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t made);
cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value);

template <typename... Parameters>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Parameters... arguments) {
  const cudaError_t fault = ::emulated::fault_of_launch();
  if (fault == cudaSuccess)
    ::emulated::queue(config->stream, ::emulated::Work::kernel, [grid = *config, kernel, arguments...] {
      ::emulated::run_grid(grid.gridDim, grid.blockDim, grid.dynamicSmemBytes, [&] { kernel(arguments...); });
    });
  return fault;
}
