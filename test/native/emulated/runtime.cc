// The run-time library of the emulated device, but for its streams.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "cuda_runtime.h"
#include "faults.h"

namespace {

struct Allocations {
  std::mutex mutex;
  std::unordered_map<void*, size_t> bytes;
  size_t used = emulated::held_memory();
};
Allocations& allocations() {
  static auto* all = new Allocations();  // never destroyed: engines may outlive static objects
  return *all;
}

}  // namespace

using emulated::is_fault;
using emulated::standing_fault;
using emulated::total_memory;

const char* cudaGetErrorString(cudaError_t status) {
  switch (status) {
    case cudaSuccess:
      return "no error";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    case cudaErrorNoDevice:
      return "no CUDA-capable device is detected";
    case cudaErrorDevicesUnavailable:
      return "CUDA-capable device(s) is/are busy or unavailable";
    case cudaErrorUnknown:
      return "unknown error";
    default:
      return "emulated failure";
  }
}

cudaError_t cudaGetLastError() { return cudaSuccess; }

cudaError_t cudaDriverGetVersion(int* version) {
  *version = is_fault("driver") ? 12040 : 13000;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  if (is_fault("driver")) return cudaErrorInsufficientDriver;
  return is_fault("none") ? cudaErrorNoDevice : standing_fault();
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  std::snprintf(properties->name, sizeof properties->name, "emulated device");
  properties->major = is_fault("old") ? 7 : 9;
  properties->minor = 0;
  properties->totalGlobalMem = total_memory();
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  if (is_fault("taken")) return cudaErrorDevicesUnavailable;
  return device == 0 ? standing_fault() : cudaErrorInvalidDevice;
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  Allocations& all = allocations();
  const std::lock_guard<std::mutex> lock(all.mutex);
  *total = total_memory();
  *free = *total - all.used;
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** data, size_t bytes) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  Allocations& all = allocations();
  const std::lock_guard<std::mutex> lock(all.mutex);
  if (bytes > total_memory() - all.used) return cudaErrorMemoryAllocation;
  *data = std::malloc(bytes);
  if (*data == nullptr) return cudaErrorMemoryAllocation;
  std::memset(*data, 0xff, bytes);  // NaN: what a kernel reads and nobody wrote shows
  all.bytes[*data] = bytes;
  all.used += bytes;
  return cudaSuccess;
}

cudaError_t cudaFree(void* data) {
  emulated::finish_all_streams();
  Allocations& all = allocations();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.bytes.find(data);
  if (found == all.bytes.end()) return cudaErrorInvalidValue;
  all.used -= found->second;
  all.bytes.erase(found);
  std::free(data);
  return cudaSuccess;
}

cudaError_t cudaMallocHost(void** data, size_t bytes) {
  *data = std::malloc(bytes);
  return *data == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}

cudaError_t cudaFreeHost(void* data) {
  std::free(data);
  return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int) { return cudaSuccess; }
