#include "runtime/executor.h"

#include "core/error.h"
#include "ops/gather.h"

namespace cdlm {
namespace {

// Writes the gradient of a table by rows: inputs x [n, d] and ids [n], output the gradient buffer of the
// table.
constexpr const char* kScatterRowGradient = "scatterRowGradient";

void check_ids(const int32_t* ids, int64_t count, int64_t rows) {
  if (ids == nullptr && count > 0) throw Error("INTERNAL", "ids must be an input of the program");
  for (int64_t i = 0; i < count; i++)
    if (ids[i] < 0 || ids[i] >= rows)
      throw Error("SHAPE_MISMATCH", "an id is outside its table", "0 to " + std::to_string(rows - 1),
                  std::to_string(ids[i]));
}

void wait_quietly(const Memory& memory) noexcept {
  try {
    memory.wait();
  } catch (const Error&) {  // what failed is on its way already
  }
}

bool writes_state(const ProgramSpec& spec, const InstructionSpec& instruction) {
  for (int output : instruction.outputs)
    if (spec.buffers[static_cast<size_t>(output)].place == Place::state) return true;
  return false;
}

void check_symbols(const ProgramSpec& spec, const std::vector<int64_t>& symbols) {
  if (symbols.size() != spec.symbols.size()) throw Error("SHAPE_MISMATCH", "symbols of the run are missing");
  for (size_t k = 0; k < symbols.size(); k++)
    if (symbols[k] < 0 || symbols[k] > spec.capacities[k])
      throw Error("SHAPE_MISMATCH", "symbol " + spec.symbols[k] + " is outside the program's capacity",
                  "0 to " + std::to_string(spec.capacities[k]), std::to_string(symbols[k]));
}

}  // namespace

Executor::Executor(ProgramSpec spec, const Device& device, ParameterStore& store)
    : spec_(std::move(spec)), inputs_(device.memory()), outputs_(device.memory()) {
  validate(spec_);
  const auto need = [&](int index) {
    const BufferSpec& buffer = spec_.buffers[static_cast<size_t>(index)];
    if (buffer.place == Place::gradient) ParameterStore::allocate(store.get(buffer.name), Slot::gradient);
  };
  for (const InstructionSpec& instruction : spec_.instructions) {
    const bool by_rows = instruction.op == kScatterRowGradient;
    functions_.push_back(by_rows ? nullptr : find_op(instruction.op));
    if (by_rows && (instruction.inputs.size() != 2 || instruction.outputs.size() != 1))
      throw Error("INTERNAL", "scatterRowGradient needs two inputs and one output");
    for (int input : instruction.inputs) need(input);
    for (int output : instruction.outputs) {
      const BufferSpec& buffer = spec_.buffers[static_cast<size_t>(output)];
      if (!by_rows || device.cuda) need(output);
      writes_gradients_ = writes_gradients_ || buffer.place == Place::gradient;
      if (buffer.place == Place::input || buffer.place == Place::parameter)
        throw Error("INTERNAL", "an instruction writes to an input", "", buffer.name);
    }
  }
  for (const OutputSpec& output : spec_.outputs) need(output.buffer);
}

Tensor Executor::bind(const BufferSpec& buffer, ParameterStore& store, void* arena,
                      const std::vector<int64_t>& symbols) const {
  Tensor tensor;
  tensor.type = buffer.type;
  tensor.rank = static_cast<int>(buffer.shape.size());
  std::vector<int64_t> shape;
  for (size_t axis = 0; axis < buffer.shape.size(); axis++) {
    const SymbolicExtent extent = buffer.shape[axis];
    shape.push_back(extent >= 0 ? extent : symbols[static_cast<size_t>(-1 - extent)]);
    tensor.extents[axis] = shape.back();
  }
  if (buffer.place == Place::arena) {
    tensor.data = static_cast<char*>(arena) + buffer.offset;
  } else if (buffer.place == Place::input) {
    const auto [input, data] = inputs_.find(buffer.name);
    if (input->type != buffer.type || input->bytes.size() != static_cast<size_t>(tensor.elements()) * 4)
      throw Error("SHAPE_MISMATCH", "input " + buffer.name + " does not fit", describe(tensor),
                  std::to_string(input->bytes.size() / 4) + " elements");
    tensor.data = data;
    tensor.host = input->bytes.data();
  } else {
    Parameter& parameter = store.get(buffer.name);
    if (parameter.shape != shape || buffer.type != DataType::f32)
      throw Error("SHAPE_MISMATCH", "parameter " + buffer.name + " has another shape", describe(tensor), "");
    tensor.data = parameter.data(buffer.place == Place::gradient ? Slot::gradient : Slot::value);
  }
  return tensor;
}

// A parameter is always read as if it had been updated whole: rows that lag behind catch up first.
void Executor::settle_inputs(const Device& device, ParameterStore& store, Optimizer& optimizer,
                             const InstructionSpec& instruction, const std::vector<Tensor>& tensors) const {
  for (size_t k = 0; k < instruction.inputs.size(); k++) {
    const BufferSpec& buffer = spec_.buffers[static_cast<size_t>(instruction.inputs[k])];
    if (buffer.place != Place::parameter) continue;
    Parameter& parameter = store.get(buffer.name);
    if (parameter.row_steps.empty()) continue;
    if (instruction.op == "gather" && k == 0) {
      const Tensor& ids = tensors[static_cast<size_t>(instruction.inputs[1])];
      check_ids(ids.i32(), ids.elements(), parameter.shape[0]);
      optimizer.settle(device, parameter, ids.i32(), ids.elements());
    } else {
      optimizer.settle_all(device, parameter);
    }
  }
}

void Executor::scatter_row_gradient(const Device& device, ParameterStore& store,
                                    const InstructionSpec& instruction,
                                    const std::vector<Tensor>& tensors) const {
  const Tensor& x = tensors[static_cast<size_t>(instruction.inputs[0])];
  const Tensor& ids = tensors[static_cast<size_t>(instruction.inputs[1])];
  Parameter& table = store.get(spec_.buffers[static_cast<size_t>(instruction.outputs[0])].name);
  if (x.type != DataType::f32 || ids.type != DataType::i32 || x.rank != 2 || ids.rank != 1 ||
      x.rows() != ids.rows() || table.shape.size() != 2 || table.shape[1] != x.columns())
    throw Error("SHAPE_MISMATCH", "scatterRowGradient: tensors do not fit", describe(x), describe(ids));
  const bool accumulates = instruction.attributes.flag("accumulate");
  if (device.cuda) {  // a dense pass is cheap there
    check_ids(static_cast<const int32_t*>(ids.host), ids.elements(), table.shape[0]);
    CDLM_CALL(device.level, scatter_rows(device, x.f32(), ids.i32(), table.data(Slot::gradient), x.rows(),
                                         table.shape[0], x.columns(), accumulates));
    return;
  }
  check_ids(ids.i32(), ids.elements(), table.shape[0]);
  table.row_gradient.scatter(device, x.f32(), ids.i32(), x.rows(), x.columns(), table.shape[0], accumulates);
  table.by_rows = true;
}

std::vector<HostTensor> Executor::run(const Device& device, ParameterStore& store, Optimizer* optimizer,
                                      void* arena, const std::vector<int64_t>& symbols,
                                      const std::vector<HostTensor>& inputs,
                                      const std::function<bool()>& cancelled) {
  check_symbols(spec_, symbols);
  if (optimizer != nullptr) optimizer->forget_norm();
  try {
    inputs_.take(device, inputs);
    std::vector<Tensor> tensors;
    for (const BufferSpec& buffer : spec_.buffers) tensors.push_back(bind(buffer, store, arena, symbols));
    if (device.cuda)
      captured_.run(*device.cuda, [&] {
        run_instructions(device, store, optimizer, tensors, cancelled);
        if (optimizer != nullptr && writes_gradients_) optimizer->queue_norm(device);
      });
    else
      run_instructions(device, store, optimizer, tensors, cancelled);
    for (const OutputSpec& output : spec_.outputs) {
      const BufferSpec& buffer = spec_.buffers[static_cast<size_t>(output.buffer)];
      if (buffer.place == Place::parameter && optimizer != nullptr)
        optimizer->settle_all(device, store.get(buffer.name));
    }
    return outputs_.take(device, spec_.outputs, tensors);
  } catch (...) {
    wait_quietly(device.memory());  // the next run takes the memory that queued copies read and write
    throw;
  }
}

void Executor::run_instructions(const Device& device, ParameterStore& store, Optimizer* optimizer,
                                const std::vector<Tensor>& tensors,
                                const std::function<bool()>& cancelled) const {
  std::vector<Tensor> in, out;
  for (size_t k = 0; k < spec_.instructions.size(); k++) {
    const InstructionSpec& instruction = spec_.instructions[k];
    // States are assigned at the end, all or none.
    if (!writes_state(spec_, instruction) && cancelled()) throw Error("CANCELLED", "the run was cancelled");
    if (optimizer != nullptr) settle_inputs(device, store, *optimizer, instruction, tensors);
    if (functions_[k] == nullptr) {
      scatter_row_gradient(device, store, instruction, tensors);
      continue;
    }
    in.clear();
    out.clear();
    for (int index : instruction.inputs) in.push_back(tensors[static_cast<size_t>(index)]);
    for (int index : instruction.outputs) {
      out.push_back(tensors[static_cast<size_t>(index)]);
      const BufferSpec& buffer = spec_.buffers[static_cast<size_t>(index)];
      if (buffer.place == Place::gradient) store.get(buffer.name).by_rows = false;
    }
    functions_[k]({instruction.op.c_str(), device, in, out, instruction.attributes});
  }
}

}  // namespace cdlm
