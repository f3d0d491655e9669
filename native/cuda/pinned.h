// Host memory that a CUDA device reads and writes by itself, beside its kernels: pages that stay in place.
#pragma once

#include "core/memory.h"

namespace cdlm {

class PinnedMemory final : public HostMemory {
 public:
  void* allocate(size_t bytes) override;
  void release(void* data) noexcept override;
};

}  // namespace cdlm
