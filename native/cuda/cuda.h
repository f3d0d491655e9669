// A CUDA device in use: what a kernel needs besides its tensors, and the memory that these lie in. Free of
// CUDA's own headers, so that every build can include it; what includes those is a .cu file or a header that
// only .cu files include.
#pragma once

#include <cstddef>
#include <memory>

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
  int index_;
  void* stream_ = nullptr;
  std::shared_ptr<const Cublas> cublas_;
  PinnedMemory pinned_;
  mutable AlignedBuffer scratch_;
};

// Inside it the kernels that CDLM_KERNEL declares take a Cuda where those of the instruction levels take a
// Device.
namespace cuda {
using Device = ::cdlm::Cuda;
}

}  // namespace cdlm
