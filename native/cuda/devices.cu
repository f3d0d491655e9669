#include "cuda/check.h"
#include "cuda/devices.h"

namespace cdlm {
namespace cuda {
namespace {

constexpr int kOldestArchitecture = 8;

std::string version_of(int number) {
  return number == 0 ? "" : std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

std::string driver_version() {
  int driver = 0;
  return cudaDriverGetVersion(&driver) == cudaSuccess ? version_of(driver) : "";
}

// How many devices there are, or why there is none.
struct Count {
  int devices = 0;
  std::string problem;
};

Count count_devices() {
  Count count;
  const cudaError_t status = cudaGetDeviceCount(&count.devices);
  if (status == cudaSuccess && count.devices > 0) return count;
  cudaGetLastError();  // forget the failure: a later check must not find it
  count.devices = 0;
  const std::string driver = driver_version();
  if (status == cudaErrorInsufficientDriver && !driver.empty())
    count.problem = "the driver is too old: this binary needs CUDA " + version_of(CUDART_VERSION) +
                    ", and the driver knows " + driver;
  else
    count.problem = status == cudaSuccess ? "the driver shows no CUDA device" : cudaGetErrorString(status);
  return count;
}

cudaDeviceProp properties_of(int index) {
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  return properties;
}

// Opening a device takes memory there, and fails where none is left or another process has it alone.
int64_t free_bytes(int index) {
  size_t free = 0, total = 0;
  const bool opened = cudaSetDevice(index) == cudaSuccess && cudaMemGetInfo(&free, &total) == cudaSuccess;
  cudaGetLastError();
  return opened ? static_cast<int64_t>(free) : 0;
}

}  // namespace

Devices find_devices() {
  Devices found;
  const Count count = count_devices();
  found.driver = driver_version();
  found.problem = count.problem;
  try {
    for (int index = 0; index < count.devices; index++) {
      const cudaDeviceProp properties = properties_of(index);
      found.devices.push_back({properties.name, free_bytes(index),
                               static_cast<int64_t>(properties.totalGlobalMem), properties.major,
                               properties.minor});
    }
  } catch (const Error& error) {
    found.devices.clear();
    found.problem = error.what();
  }
  return found;
}

int device_count() { return count_devices().devices; }

void require_device(int index) {
  const Count count = count_devices();
  if (count.devices == 0) throw Error("DEVICE_UNAVAILABLE", count.problem, "a CUDA device", "none");
  if (index < 0 || index >= count.devices)
    throw Error("DEVICE_UNAVAILABLE", "there is no CUDA device of this index",
                "0 to " + std::to_string(count.devices - 1), std::to_string(index));
  const cudaDeviceProp properties = properties_of(index);
  if (properties.major < kOldestArchitecture)
    throw Error("DEVICE_UNAVAILABLE", std::string(properties.name) + " is too old",
                "compute capability " + std::to_string(kOldestArchitecture) + ".0 or later",
                std::to_string(properties.major) + "." + std::to_string(properties.minor));
}

}  // namespace cuda
}  // namespace cdlm
