// How often the host has waited for an emulated device.
#pragma once

#include <cstdint>

namespace emulated {

uint64_t waits();

}  // namespace emulated
