#include "core/memory.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/error.h"

namespace cdlm {
namespace {

constexpr size_t kAlignment = 64;

// The first aligned place in a block of the C library with room for the block's address before it, by which
// it is freed.
void* aligned(void* block, size_t bytes) {
  if (block == nullptr)
    throw Error("OUT_OF_MEMORY", "not enough memory", "", std::to_string(bytes) + " bytes");
  const auto first = reinterpret_cast<uintptr_t>(block) + sizeof(void*);
  void* data = reinterpret_cast<void*>((first + kAlignment - 1) / kAlignment * kAlignment);
  static_cast<void**>(data)[-1] = block;
  return data;
}

size_t with_margin(size_t bytes) {
  const size_t margin = sizeof(void*) + kAlignment;
  return bytes > SIZE_MAX - margin ? SIZE_MAX : bytes + margin;
}

void copy(void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

}  // namespace

void* Memory::allocate_zeros(size_t bytes) {
  void* data = allocate(bytes);
  try {
    clear(data, bytes);
  } catch (...) {
    release(data);
    throw;
  }
  return data;
}

void* HostMemory::allocate(size_t bytes) { return aligned(std::malloc(with_margin(bytes)), bytes); }

void* HostMemory::allocate_zeros(size_t bytes) { return aligned(std::calloc(with_margin(bytes), 1), bytes); }

void HostMemory::release(void* data) noexcept { std::free(static_cast<void**>(data)[-1]); }
void HostMemory::upload(void* to, const void* from, size_t bytes) const { copy(to, from, bytes); }
void HostMemory::download(void* to, const void* from, size_t bytes) const { copy(to, from, bytes); }
void HostMemory::clear(void* data, size_t bytes) const { std::memset(data, 0, bytes); }

Memory& host_memory() {
  static auto* memory = new HostMemory();  // never destroyed: buffers may outlive static objects
  return *memory;
}

}  // namespace cdlm
