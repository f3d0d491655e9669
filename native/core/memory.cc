#include "core/memory.h"

#include <cstring>
#include <new>
#include <string>

#include "core/error.h"

namespace cdlm {
namespace {

constexpr std::align_val_t kAlignment{64};

void copy(void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

}  // namespace

void* HostMemory::allocate(size_t bytes) {
  void* data = ::operator new(bytes, kAlignment, std::nothrow);
  if (data == nullptr)
    throw Error("OUT_OF_MEMORY", "not enough memory", "", std::to_string(bytes) + " bytes");
  return data;
}

void HostMemory::release(void* data) noexcept { ::operator delete(data, kAlignment); }
void HostMemory::upload(void* to, const void* from, size_t bytes) const { copy(to, from, bytes); }
void HostMemory::download(void* to, const void* from, size_t bytes) const { copy(to, from, bytes); }
void HostMemory::clear(void* data, size_t bytes) const { std::memset(data, 0, bytes); }

Memory& host_memory() {
  static auto* memory = new HostMemory();  // never destroyed: buffers may outlive static objects
  return *memory;
}

}  // namespace cdlm
