// A CUDA device in use: what a kernel needs besides its tensors, and the memory that these lie in. Free of
// CUDA's own headers, so that every build can include it; what includes those is a .cu file or a header that
// only .cu files include.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/memory.h"
#include "cuda/pinned.h"

namespace cdlm {

class Cublas;

class Cuda final : public Memory {
 public:
  // Opens the device. Throws Error DEVICE_UNAVAILABLE with the reason.
  explicit Cuda(int index);
  ~Cuda() override;
  Cuda(const Cuda&) = delete;
  Cuda& operator=(const Cuda&) = delete;

  void* allocate(size_t bytes) override;
  void release(void* data) noexcept override;
  // While it is on, what is released stays: kernels that were captured and not yet started may use it.
  void keep_released(bool on) noexcept;
  void upload(void* to, const void* from, size_t bytes) const override;
  void download(void* to, const void* from, size_t bytes) const override;
  void clear(void* data, size_t bytes) const override;
  Memory& staging() override { return pinned_; }
  void queue_upload(void* to, const void* from, size_t bytes) const override;
  void queue_download(void* to, const void* from, size_t bytes) const override;
  void wait() const override;

  int index() const { return index_; }
  // A cudaStream_t: what is queued on it runs in order.
  void* stream() const { return stream_; }
  // Null where the machine has none: then products are our own.
  const Cublas* cublas() const { return cublas_.get(); }
  // Device memory of one kernel, contents undefined; grown on demand and kept.
  float* scratch(size_t floats) const { return scratch_.reserve_floats(floats); }
  double* scratch_doubles(size_t count) const { return reinterpret_cast<double*>(scratch(2 * count)); }

 private:
  void free(void* data) noexcept;

  int index_;
  void* stream_ = nullptr;
  std::shared_ptr<const Cublas> cublas_;
  AlignedBuffer workspace_;  // of cuBLAS: it would take its own while a run is captured
  PinnedMemory pinned_;
  mutable AlignedBuffer scratch_;
  std::mutex mutex_;  // any thread may release memory
  bool keeps_released_ = false;
  std::vector<void*> kept_;
};

// Inside it the kernels that CDLM_KERNEL declares take a Cuda where those of the instruction levels take a
// Device.
namespace cuda {
using Device = ::cdlm::Cuda;
}

}  // namespace cdlm
