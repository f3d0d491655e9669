#include "core/memory.h"

#include <cstring>
#include <new>
#include <string>

#include "core/error.h"

namespace cdlm {
namespace {

constexpr std::align_val_t kAlignment{64};

class HostMemory final : public Memory {
 public:
  void* allocate(size_t bytes) override {
    void* data = ::operator new(bytes, kAlignment, std::nothrow);
    if (data == nullptr)
      throw Error("OUT_OF_MEMORY", "not enough memory", "", std::to_string(bytes) + " bytes");
    return data;
  }
  void release(void* data) noexcept override { ::operator delete(data, kAlignment); }
  void upload(void* to, const void* from, size_t bytes) const override { copy(to, from, bytes); }
  void download(void* to, const void* from, size_t bytes) const override { copy(to, from, bytes); }
  void clear(void* data, size_t bytes) const override { std::memset(data, 0, bytes); }

 private:
  static void copy(void* to, const void* from, size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
};

}  // namespace

Memory& host_memory() {
  static auto* memory = new HostMemory();  // never destroyed: buffers may outlive static objects
  return *memory;
}

}  // namespace cdlm
