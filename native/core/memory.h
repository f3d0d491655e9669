// Where tensors live: in the host's memory or in that of a device.
#pragma once

#include <cstddef>

namespace cdlm {

class Memory {
 public:
  virtual ~Memory() = default;

  // At least 64-byte aligned, contents undefined. Throws Error OUT_OF_MEMORY.
  virtual void* allocate(size_t bytes) = 0;
  // The same, filled with zeros.
  virtual void* allocate_zeros(size_t bytes);
  virtual void release(void* data) noexcept = 0;

  // Copies between the host's memory and this one, and zeros; each sees what was queued on the device before.
  // Host memory may be used again when a copy returns.
  virtual void upload(void* to, const void* from, size_t bytes) const = 0;
  virtual void download(void* to, const void* from, size_t bytes) const = 0;
  virtual void clear(void* data, size_t bytes) const = 0;

  // Host memory for the copies below; of a device, such as it reads and writes by itself.
  virtual Memory& staging() = 0;
  // The same copies, only queued behind what the device has to do: memory from staging() is left alone until
  // wait() returns.
  virtual void queue_upload(void* to, const void* from, size_t bytes) const = 0;
  virtual void queue_download(void* to, const void* from, size_t bytes) const = 0;
  // Until all that was queued is done. Throws what it failed with.
  virtual void wait() const = 0;
};

// Copies when it is told to, and so never has anything queued.
class HostMemory : public Memory {
 public:
  void* allocate(size_t bytes) override;
  // Large blocks take up memory only where they are written to: most rows of a table's moments stay zero.
  void* allocate_zeros(size_t bytes) override;
  void release(void* data) noexcept override;
  void upload(void* to, const void* from, size_t bytes) const override;
  void download(void* to, const void* from, size_t bytes) const override;
  void clear(void* data, size_t bytes) const override;
  Memory& staging() override { return *this; }
  void queue_upload(void* to, const void* from, size_t bytes) const override { upload(to, from, bytes); }
  void queue_download(void* to, const void* from, size_t bytes) const override { download(to, from, bytes); }
  void wait() const override {}
};

Memory& host_memory();

}  // namespace cdlm
