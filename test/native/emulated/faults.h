// What is wrong with the emulated device, by environment variables of a process:
//   CDLM_EMULATED_FAULT=driver      the driver is older than this binary needs
//                       none        there is no device
//                       old         the device is older than our kernels were compiled for
//                       taken       another process has the device to itself
//                       lost:N      the device is lost at launch N
//   CDLM_EMULATED_MEMORY=BYTES      what the device has (4 GB)
//   CDLM_EMULATED_HELD=BYTES        what another process holds of it (none)
#pragma once

#include "cuda_runtime.h"

namespace emulated {

bool is_fault(const char* name);
// What every call fails with from now on; cudaSuccess while the device is there.
cudaError_t standing_fault();
size_t total_memory();
size_t held_memory();

}  // namespace emulated
