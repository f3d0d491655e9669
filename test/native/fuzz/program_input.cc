#include "program_input.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "runtime/executor.h"

namespace cdlm_test {
namespace {

using namespace cdlm;

// Bytes one after another; zeros when there are no more.
struct Bytes {
  const uint8_t* data;
  size_t size;

  int next(int limit) {
    if (size == 0) return 0;
    size--;
    return *data++ % limit;
  }
};

constexpr int64_t kArenaBytes = 4096;
const char* const kNames[] = {"table", "matrix", "vector", "scalar", "nobody"};
const std::vector<int64_t> kShapes[] = {{5, 4}, {4, 4}, {4}, {1}};

double attribute(Bytes& bytes) {
  constexpr double kOdd[] = {
      0,  1,  2,     3,    0.5,          0.1,    1e-3,
      10, -1, 1e-12, 1e30, 2147483648.0, -1e300, std::numeric_limits<double>::quiet_NaN(),
      4,  7};
  return kOdd[bytes.next(16)];
}

// Iterations are bounded here: that a loop may be long is no fault.
double iterations(Bytes& bytes) { return std::fmin(attribute(bytes), 20); }

Attributes attributes(Bytes& bytes) {
  Attributes all;
  for (const char* name : {"transposeA", "transposeB", "accumulate", "proximal", "sparesFirst", "transposed"})
    all.set(name, bytes.next(2));
  for (const char* name : {"iterations", "innerIterations", "outerIterations"})
    all.set(name, iterations(bytes));
  for (const char* name : {"epsilon", "rate", "heads", "stream", "delta", "relativeTolerance", "tolerance",
                           "value", "factor", "tau", "weight"})
    all.set(name, attribute(bytes));
  return all;
}

// Extents of few different sizes, so that many buffers fit each other.
SymbolicExtent extent(Bytes& bytes) {
  constexpr SymbolicExtent kExtents[] = {-1, -1, -1, 4, 4, 4, 4, 1, 2, 5, -2, -2, 12, 0, 64, -3};
  return kExtents[bytes.next(16)];
}

BufferSpec buffer(Bytes& bytes) {
  BufferSpec spec;
  constexpr int kPlaces[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4};
  spec.place = static_cast<Place>(kPlaces[bytes.next(16)]);
  spec.type = bytes.next(4) == 0 ? DataType::i32 : DataType::f32;
  const int name = bytes.next(5);
  spec.name = kNames[name];
  const bool stored = spec.place != Place::arena && spec.place != Place::input && name < 4;
  if (stored) {
    spec.shape.assign(kShapes[name].begin(), kShapes[name].end());
  } else {
    constexpr int kAxes[] = {2, 2, 2, 2, 1, 1, 3, 0};
    for (int axes = kAxes[bytes.next(8)]; axes > 0; axes--) spec.shape.push_back(extent(bytes));
    if (spec.place == Place::input) spec.name = std::string("input") + std::to_string(name);
  }
  spec.offset = bytes.next(64) * 64;
  return spec;
}

// Of a buffer, and rarely of none.
int index(Bytes& bytes, int buffers) {
  const int byte = bytes.next(256);
  return byte == 255 ? buffers : byte % buffers;
}

ProgramSpec program(Bytes& bytes) {
  static const std::vector<std::string> ops = op_names();
  ProgramSpec spec;
  spec.symbols = {"n", "m"};
  spec.capacities = {bytes.next(8), bytes.next(8)};
  spec.arena_bytes = kArenaBytes;
  const int buffers = 1 + bytes.next(12);
  for (int k = 0; k < buffers; k++) {
    spec.buffers.push_back(buffer(bytes));
    const bool alike = k > 0 && bytes.next(2) == 0;  // many ops want tensors of one shape
    BufferSpec& last = spec.buffers.back();
    if (alike && (last.place == Place::arena || last.place == Place::input)) {
      last.type = spec.buffers[static_cast<size_t>(k) - 1].type;
      last.shape = spec.buffers[static_cast<size_t>(k) - 1].shape;
    }
  }
  constexpr int kCounts[] = {1, 1, 1, 1, 2, 2, 3, 4};
  for (int count = kCounts[bytes.next(8)]; count > 0; count--) {
    InstructionSpec instruction;
    const size_t op = static_cast<size_t>(bytes.next(256));
    instruction.op = op < ops.size() ? ops[op] : "scatterRowGradient";
    for (int k = bytes.next(7); k > 0; k--) instruction.inputs.push_back(index(bytes, buffers));
    for (int k = bytes.next(3); k > 0; k--) instruction.outputs.push_back(index(bytes, buffers));
    instruction.attributes = attributes(bytes);
    spec.instructions.push_back(instruction);
  }
  for (int k = bytes.next(3); k > 0; k--) spec.outputs.push_back({"out", index(bytes, buffers)});
  return spec;
}

// Every input that a program may ask for, of few different sizes.
std::vector<HostTensor> inputs(Bytes& bytes, const ProgramSpec& spec, const std::vector<int64_t>& symbols) {
  std::vector<HostTensor> all;
  for (const BufferSpec& buffer : spec.buffers) {
    if (buffer.place != Place::input) continue;
    HostTensor tensor;
    tensor.name = buffer.name;
    tensor.type = buffer.type;
    size_t elements = 1;
    for (SymbolicExtent extent : buffer.shape)
      elements *= static_cast<size_t>(extent >= 0 ? extent : symbols[static_cast<size_t>(-1 - extent)]);
    if (bytes.next(16) == 0) elements++;
    tensor.bytes.resize(elements * 4);
    for (size_t k = 0; k < elements; k++) {
      const int value = bytes.next(256);
      const int32_t integer = value < 16 ? value : value < 20 ? -1 : value == 20 ? 1 << 30 : 0;
      const float number = value == 255 ? NAN : value == 254 ? INFINITY : static_cast<float>(value) / 64;
      if (tensor.type == DataType::i32)
        std::memcpy(&tensor.bytes[k * 4], &integer, 4);
      else
        std::memcpy(&tensor.bytes[k * 4], &number, 4);
    }
    all.push_back(std::move(tensor));
  }
  return all;
}

}  // namespace

void run_program_of(const uint8_t* data, size_t size) {
  static const Device device(best_level(), 1);
  Bytes bytes{data, size};
  try {
    ParameterStore store(host_memory());
    for (int k = 0; k < 4; k++) store.define(kNames[k], kShapes[k]);
    Executor executor(program(bytes), device, store);
    OptimizerOptions options;
    options.rule = bytes.next(2) == 0 ? Rule::adamw : Rule::sgd;
    options.groups.push_back({0.01f, {"table", "matrix"}});
    Optimizer optimizer(store, options, bytes.next(4));
    AlignedBuffer arena(kArenaBytes);
    std::memset(arena.data(), 0, kArenaBytes);
    const ProgramSpec& spec = executor.spec();
    const std::vector<int64_t> symbols{bytes.next(static_cast<int>(spec.capacities[0]) + 1),
                                       bytes.next(static_cast<int>(spec.capacities[1]) + 1)};
    for (int run = 0; run < 2; run++) {
      executor.run(device, store, &optimizer, arena.data(), symbols, inputs(bytes, spec, symbols),
                   [] { return false; });
      optimizer.step(device, {1e-3}, 1, 1);
    }
  } catch (const Error&) {
    // What the boundary refuses.
  }
}

}  // namespace cdlm_test
