// Turns a failed CUDA call into our exception. For .cu files only.
#pragma once

#include <cuda_runtime.h>

#include <string>

#include "core/error.h"

namespace cdlm {

inline const char* cuda_error_code(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return "OUT_OF_MEMORY";
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorDevicesUnavailable:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorECCUncorrectable:
      return "DEVICE_UNAVAILABLE";
    default:
      return "INTERNAL";
  }
}

// `what` names the call or the kernel in the message.
inline void check_cuda(cudaError_t status, const char* what) {
  if (status != cudaSuccess)
    throw Error(cuda_error_code(status), std::string(what) + ": " + cudaGetErrorString(status));
}

}  // namespace cdlm
