// A growable block of memory aligned to cache lines; growing loses the contents.
#pragma once

#include <cstddef>
#include <utility>

#include "core/memory.h"

namespace cdlm {

class AlignedBuffer {
 public:
  AlignedBuffer() : AlignedBuffer(host_memory()) {}
  explicit AlignedBuffer(Memory& memory) : memory_(&memory) {}
  explicit AlignedBuffer(size_t bytes) : AlignedBuffer() { reserve(bytes); }
  ~AlignedBuffer() { release(); }
  AlignedBuffer(AlignedBuffer&& other) noexcept : memory_(other.memory_) { *this = std::move(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  // At least `bytes` bytes. Throws Error OUT_OF_MEMORY.
  void* reserve(size_t bytes) {
    if (bytes > bytes_) {
      release();
      data_ = memory_->allocate(bytes);
      bytes_ = bytes;
    }
    return data_;
  }
  // A new block of zeros.
  void* reserve_zeros(size_t bytes) {
    release();
    data_ = memory_->allocate_zeros(bytes);
    bytes_ = bytes;
    return data_;
  }
  float* reserve_floats(size_t count) { return static_cast<float*>(reserve(count * sizeof(float))); }

  Memory& memory() const { return *memory_; }
  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  void release() {
    if (data_ != nullptr) memory_->release(data_);
    data_ = nullptr;
    bytes_ = 0;
  }
  Memory* memory_;
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace cdlm
