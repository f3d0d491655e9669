// The CUDA devices of this machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cdlm {
namespace cuda {

struct DeviceDescription {
  std::string name;
  int64_t bytes_free, bytes_total;
  int major, minor;  // compute capability
};

struct Devices {
  std::string driver;   // "13.0", the newest CUDA that the driver knows; empty: none
  std::string problem;  // why there is no device, in words; empty: there is one
  std::vector<DeviceDescription> devices;
};

// Asks the driver, which is loaded by the first call.
Devices find_devices();

// 0 without a device, without a driver, or in a build without CUDA.
int device_count();

}  // namespace cuda
}  // namespace cdlm
