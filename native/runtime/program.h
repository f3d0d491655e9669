// A compiled graph: instructions over buffers whose places were planned in TypeScript (lib/graph/plan.ts).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "ops/op.h"

namespace cdlm {

// Where a buffer lives. Arena offsets are in bytes; the other places are found by name.
enum class Place : int { arena = 0, input = 1, parameter = 2, gradient = 3, state = 4 };

// An extent: a number if >= 0, else the value of symbol -1 - extent.
using SymbolicExtent = int64_t;

struct BufferSpec {
  Place place = Place::arena;
  DataType type = DataType::f32;
  std::vector<SymbolicExtent> shape;
  int64_t offset = 0;  // arena only
  std::string name;    // all other places
};

struct InstructionSpec {
  std::string op;
  std::vector<int> inputs, outputs;  // indices of buffers
  Attributes attributes;
};

struct OutputSpec {
  std::string name;
  int buffer = 0;
};

struct ProgramSpec {
  std::vector<std::string> symbols;
  std::vector<int64_t> capacities;  // of each symbol
  std::vector<BufferSpec> buffers;
  std::vector<InstructionSpec> instructions;
  std::vector<OutputSpec> outputs;
  int64_t arena_bytes = 0;
};

// Host memory that crosses the border: ids and scalars on the way in, results on the way out.
struct HostTensor {
  std::string name;
  DataType type = DataType::f32;
  std::vector<unsigned char> bytes;
};

// Throws Error INTERNAL if indices, offsets or capacities are inconsistent: a program that passes cannot read
// or write outside its buffers, whatever the counts of a run within the capacities.
void validate(const ProgramSpec& spec);

// Bytes of a buffer for the given values of the symbols.
int64_t bytes_of(const BufferSpec& buffer, const std::vector<int64_t>& symbols);

}  // namespace cdlm
