#include "cuda/check.h"
#include "cuda/cuda.h"
#include "cuda/device.h"

namespace cdlm {
namespace {

constexpr int kOldestArchitecture = 8;

cudaStream_t stream_of(void* stream) { return static_cast<cudaStream_t>(stream); }

// Threads have a current device each, and any thread may free memory.
void use(int index) { check_cuda(cudaSetDevice(index), "cudaSetDevice"); }

void check_device(int index) {
  const cuda::Devices found = cuda::find_devices();
  const auto count = static_cast<int>(found.devices.size());
  if (count == 0) throw Error("DEVICE_UNAVAILABLE", found.problem, "a CUDA device", "none");
  if (index < 0 || index >= count)
    throw Error("DEVICE_UNAVAILABLE", "there is no CUDA device of this index",
                "0 to " + std::to_string(count - 1), std::to_string(index));
  const cuda::DeviceDescription& device = found.devices[static_cast<size_t>(index)];
  if (device.major < kOldestArchitecture)
    throw Error("DEVICE_UNAVAILABLE", device.name + " is too old", "compute capability 8.0 or later",
                std::to_string(device.major) + "." + std::to_string(device.minor));
}

}  // namespace

Cuda::Cuda(int index) : index_(index), scratch_(*this) {
  check_device(index);
  use(index);
  cudaStream_t stream = nullptr;
  check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  stream_ = stream;
}

Cuda::~Cuda() {
  scratch_ = AlignedBuffer();
  cudaSetDevice(index_);
  cudaStreamDestroy(stream_of(stream_));
}

void* Cuda::allocate(size_t bytes) {
  use(index_);
  void* data = nullptr;
  const cudaError_t status = cudaMalloc(&data, bytes);
  if (status == cudaSuccess) return data;
  cudaGetLastError();  // forget the failure: a later check must not find it
  if (status == cudaErrorMemoryAllocation)
    throw Error("OUT_OF_MEMORY", "not enough memory on the CUDA device", "",
                std::to_string(bytes) + " bytes");
  check_cuda(status, "cudaMalloc");
  return nullptr;
}

// Waits for what is queued, so nothing that runs loses its memory.
void Cuda::release(void* data) noexcept {
  cudaSetDevice(index_);
  cudaFree(data);
}

void Cuda::upload(void* to, const void* from, size_t bytes) const {
  if (bytes == 0) return;
  use(index_);
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_of(stream_)), "upload");
  check_cuda(cudaStreamSynchronize(stream_of(stream_)), "upload");
}

void Cuda::download(void* to, const void* from, size_t bytes) const {
  use(index_);
  if (bytes > 0)
    check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_of(stream_)), "download");
  check_cuda(cudaStreamSynchronize(stream_of(stream_)), "download");
}

void Cuda::clear(void* data, size_t bytes) const {
  if (bytes == 0) return;
  use(index_);
  check_cuda(cudaMemsetAsync(data, 0, bytes, stream_of(stream_)), "clear");
}

namespace cuda {
namespace {

DeviceDescription describe(int index) {
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  use(index);
  size_t free = 0, total = 0;
  check_cuda(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  return {properties.name, static_cast<int64_t>(free), static_cast<int64_t>(total), properties.major,
          properties.minor};
}

std::string version_of(int number) {
  return number == 0 ? "" : std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

}  // namespace

Devices find_devices() {
  Devices found;
  int driver = 0, count = 0;
  if (cudaDriverGetVersion(&driver) == cudaSuccess) found.driver = version_of(driver);
  const cudaError_t status = cudaGetDeviceCount(&count);
  cudaGetLastError();  // forget a failure: a later check must not find it
  if (status != cudaSuccess) found.problem = cudaGetErrorString(status);
  try {
    for (int index = 0; status == cudaSuccess && index < count; index++)
      found.devices.push_back(describe(index));
  } catch (const Error& error) {
    found.devices.clear();
    found.problem = error.what();
  }
  if (found.devices.empty() && found.problem.empty()) found.problem = "the driver shows no CUDA device";
  return found;
}

int device_count() { return static_cast<int>(find_devices().devices.size()); }

}  // namespace cuda
}  // namespace cdlm
