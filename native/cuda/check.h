// Turns a failed CUDA call into our exception. For .cu files only.
#pragma once

#include <cuda_runtime.h>

#include <string>

#include "core/error.h"

namespace cdlm {

// After those of a lost device, CUDA refuses everything for the rest of the process; the CPU goes on.
inline const char* cuda_error_code(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return "OUT_OF_MEMORY";
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorDevicesUnavailable:
    case cudaErrorDeviceNotLicensed:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorSystemNotReady:
    case cudaErrorInitializationError:
    case cudaErrorOperatingSystem:
    case cudaErrorStartupFailure:
    // lost in mid-run
    case cudaErrorECCUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorUnknown:
      return "DEVICE_UNAVAILABLE";
    default:
      return "INTERNAL";
  }
}

// `what` names the call or the kernel in the message. The failure is forgotten: a later check must not find
// it.
inline void check_cuda(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();
  throw Error(cuda_error_code(status), std::string("CUDA, ") + what + ": " + cudaGetErrorString(status));
}

}  // namespace cdlm
