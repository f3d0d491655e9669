#include "runtime/program.h"

#include "core/error.h"

namespace cdlm {
namespace {

[[noreturn]] void reject(const std::string& what) { throw Error("INTERNAL", "program: " + what); }

void validate_buffer(const BufferSpec& buffer, const ProgramSpec& spec) {
  if (buffer.shape.size() > kMaxRank) reject("a buffer has too many axes");
  for (SymbolicExtent extent : buffer.shape)
    if (extent < -static_cast<int64_t>(spec.symbols.size())) reject("unknown symbol");
  const int64_t bytes = bytes_of(buffer, spec.capacities);
  if (buffer.place != Place::arena) return;
  if (buffer.offset % 4 != 0) reject("a buffer begins inside an element");
  if (buffer.offset < 0 || bytes > spec.arena_bytes - buffer.offset) reject("a buffer leaves the arena");
}

// Ids and ranges are checked when an instruction begins: it must not write over them.
void validate_memory(const InstructionSpec& instruction, const ProgramSpec& spec) {
  for (int input : instruction.inputs)
    for (int output : instruction.outputs) {
      const BufferSpec &from = spec.buffers[static_cast<size_t>(input)],
                       &to = spec.buffers[static_cast<size_t>(output)];
      if (from.type != DataType::i32 || from.place != Place::arena || to.place != Place::arena) continue;
      if (from.offset < to.offset + bytes_of(to, spec.capacities) &&
          to.offset < from.offset + bytes_of(from, spec.capacities))
        reject("an instruction writes over its integers");
    }
}

void validate_indices(const std::vector<int>& indices, const ProgramSpec& spec) {
  for (int index : indices)
    if (index < 0 || static_cast<size_t>(index) >= spec.buffers.size()) reject("unknown buffer");
}

}  // namespace

int64_t bytes_of(const BufferSpec& buffer, const std::vector<int64_t>& symbols) {
  // Far above any memory and any extent, and far below overflow.
  constexpr int64_t kLimit = int64_t{1} << 46, kExtentLimit = int64_t{1} << 31;
  int64_t bytes = 4;
  for (SymbolicExtent extent : buffer.shape) {
    const int64_t value = extent >= 0 ? extent : symbols[static_cast<size_t>(-1 - extent)];
    if (value < 0 || value > kExtentLimit || (value > 0 && bytes > kLimit / value))
      reject("a buffer is too large");
    bytes *= value;
  }
  return bytes;
}

void validate(const ProgramSpec& spec) {
  if (spec.symbols.size() != spec.capacities.size()) reject("capacities are missing");
  for (const BufferSpec& buffer : spec.buffers) validate_buffer(buffer, spec);
  for (const InstructionSpec& instruction : spec.instructions) {
    validate_indices(instruction.inputs, spec);
    validate_indices(instruction.outputs, spec);
    validate_memory(instruction, spec);
  }
  for (const OutputSpec& output : spec.outputs) validate_indices({output.buffer}, spec);
}

}  // namespace cdlm
