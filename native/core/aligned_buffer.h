// A growable block of memory aligned to cache lines; growing loses the contents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "core/error.h"

namespace cdlm {

class AlignedBuffer {
 public:
  static constexpr size_t kAlignment = 64;

  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t bytes) { reserve(bytes); }
  ~AlignedBuffer() { release(); }
  AlignedBuffer(AlignedBuffer&& other) noexcept { *this = std::move(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  // At least `bytes` bytes. Throws Error OUT_OF_MEMORY.
  void* reserve(size_t bytes) {
    if (bytes > bytes_) {
      release();
      data_ = ::operator new(bytes, std::align_val_t(kAlignment), std::nothrow);
      if (data_ == nullptr)
        throw Error("OUT_OF_MEMORY", "not enough memory", "", std::to_string(bytes) + " bytes");
      bytes_ = bytes;
    }
    return data_;
  }
  float* reserve_floats(size_t count) { return static_cast<float*>(reserve(count * sizeof(float))); }

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  void release() {
    ::operator delete(data_, std::align_val_t(kAlignment));
    data_ = nullptr;
    bytes_ = 0;
  }
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace cdlm
