// Where tensors live: in the host's memory or in that of a device.
#pragma once

#include <cstddef>

namespace cdlm {

class Memory {
 public:
  virtual ~Memory() = default;

  // At least 64-byte aligned, contents undefined. Throws Error OUT_OF_MEMORY.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* data) noexcept = 0;

  // Copies between the host's memory and this one, and zeros; each sees what was queued on the device before.
  // Host memory may be used again when a copy returns.
  virtual void upload(void* to, const void* from, size_t bytes) const = 0;
  virtual void download(void* to, const void* from, size_t bytes) const = 0;
  virtual void clear(void* data, size_t bytes) const = 0;
};

Memory& host_memory();

}  // namespace cdlm
