// The CUDA devices of this machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cdlm {
namespace cuda {

struct DeviceDescription {
  std::string name;
  int64_t bytes_free, bytes_total;  // free: 0 where the device could not be opened
  int major, minor;                 // compute capability
};

struct Devices {
  std::string driver;   // "13.0", the newest CUDA that the driver knows; empty: none
  std::string problem;  // why there is no device, in words; empty: there is one
  std::vector<DeviceDescription> devices;
};

// Asks the driver, which is loaded by the first call, and opens every device for its free memory.
Devices find_devices();

// 0 without a device, without a driver, or in a build without CUDA.
int device_count();

// Throws Error DEVICE_UNAVAILABLE unless there is a device of this index that our kernels were compiled for.
void require_device(int index);

}  // namespace cuda
}  // namespace cdlm
