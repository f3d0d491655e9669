// y = x, of any type.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// to = from, both `words` of 4 bytes; nothing happens where they are the same memory.
CDLM_KERNEL(void copy(const Device& device, const void* from, void* to, int64_t words))

}  // namespace cdlm
