#include "cuda/check.h"
#include "cuda/cublas.h"
#include "cuda/cuda.h"
#include "cuda/devices.h"

namespace cdlm {

void* PinnedMemory::allocate(size_t bytes) {
  void* data = nullptr;
  check_cuda(cudaMallocHost(&data, bytes), "pinned memory of the host");
  return data;
}

void PinnedMemory::release(void* data) noexcept { cudaFreeHost(data); }

namespace {

// What cuBLAS takes on its own, on the devices where it takes most.
constexpr size_t kWorkspace = size_t{32} << 20;

cudaStream_t stream_of(void* stream) { return static_cast<cudaStream_t>(stream); }

// Threads have a current device each, and any thread may free memory.
void use(int index) { check_cuda(cudaSetDevice(index), "cudaSetDevice"); }

std::string memory_left() {
  size_t free = 0, total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) return "";
  return std::to_string(free) + " bytes free of " + std::to_string(total);
}

}  // namespace

Cuda::Cuda(int index) : index_(index), workspace_(*this), scratch_(*this) {
  cuda::require_device(index);
  use(index);
  cudaStream_t stream = nullptr;
  check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "opening the device");
  stream_ = stream;
  try {
    std::unique_ptr<Cublas> cublas = Cublas::open(stream);
    if (cublas != nullptr) cublas->set_workspace(workspace_.reserve(kWorkspace), kWorkspace);
    cublas_ = std::move(cublas);
  } catch (...) {
    cudaStreamDestroy(stream);
    throw;
  }
}

Cuda::~Cuda() {
  cudaSetDevice(index_);
  scratch_ = AlignedBuffer();
  cublas_.reset();
  workspace_ = AlignedBuffer();
  cudaStreamDestroy(stream_of(stream_));
}

void* Cuda::allocate(size_t bytes) {
  use(index_);
  void* data = nullptr;
  const cudaError_t status = cudaMalloc(&data, bytes);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // forget the failure: a later check must not find it
    throw Error("OUT_OF_MEMORY", "not enough memory on the CUDA device", std::to_string(bytes) + " bytes",
                memory_left());
  }
  check_cuda(status, "cudaMalloc");
  return data;
}

// Waits for what is queued, so nothing that runs loses its memory.
void Cuda::free(void* data) noexcept {
  cudaSetDevice(index_);
  cudaFree(data);
}

void Cuda::release(void* data) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!keeps_released_) return free(data);
  try {
    kept_.push_back(data);
  } catch (...) {  // no memory for its address: it is never freed
  }
}

void Cuda::keep_released(bool on) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  keeps_released_ = on;
  for (void* data : kept_) free(data);
  kept_.clear();
}

void Cuda::upload(void* to, const void* from, size_t bytes) const {
  queue_upload(to, from, bytes);
  wait();
}

void Cuda::download(void* to, const void* from, size_t bytes) const {
  queue_download(to, from, bytes);
  wait();
}

void Cuda::queue_upload(void* to, const void* from, size_t bytes) const {
  if (bytes == 0) return;
  use(index_);
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_of(stream_)), "upload");
}

void Cuda::queue_download(void* to, const void* from, size_t bytes) const {
  if (bytes == 0) return;
  use(index_);
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_of(stream_)), "download");
}

void Cuda::wait() const {
  use(index_);
  check_cuda(cudaStreamSynchronize(stream_of(stream_)), "waiting for the device");
}

void Cuda::clear(void* data, size_t bytes) const {
  if (bytes == 0) return;
  use(index_);
  check_cuda(cudaMemsetAsync(data, 0, bytes, stream_of(stream_)), "clear");
}

}  // namespace cdlm
