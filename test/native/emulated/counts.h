// What the host has asked of an emulated device so far.
#pragma once

#include <cstdint>

namespace emulated {

uint64_t waits();
// Kernels started, by themselves or in graphs that were captured.
uint64_t launches();
// Graphs made ready to start, and those that were only updated.
uint64_t instantiated_graphs();
uint64_t updated_graphs();

}  // namespace emulated
