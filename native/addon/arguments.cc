#include "addon/arguments.h"

#include <cmath>
#include <cstring>

#include "core/error.h"

namespace cdlm {
namespace {

[[noreturn]] void reject(const char* what, const char* expected) {
  throw Error("INTERNAL", std::string("native argument ") + what + " has the wrong kind", expected, "");
}

template <typename F>
void for_each(const Napi::Value& value, const char* what, F visit) {
  if (!value.IsArray()) reject(what, "array");
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) visit(array.Get(i));
}

std::vector<int> read_indices(const Napi::Value& value, const char* what) {
  std::vector<int> indices;
  for (int64_t index : read_integers(value, what)) indices.push_back(static_cast<int>(index));
  return indices;
}

BufferSpec read_buffer(const Napi::Value& value) {
  const Napi::Object object = read_object(value, "buffer");
  BufferSpec buffer;
  const int64_t place = read_integer(object.Get("place"), "place"),
                type = read_integer(object.Get("type"), "type");
  if (place < 0 || place > 4 || type < 0 || type > 1) reject("buffer", "known place and type");
  buffer.place = static_cast<Place>(place);
  buffer.type = static_cast<DataType>(type);
  buffer.shape = read_integers(object.Get("shape"), "shape");
  buffer.offset = read_integer(object.Get("offset"), "offset");
  buffer.name = read_string(object.Get("name"), "name");
  return buffer;
}

InstructionSpec read_instruction(const Napi::Value& value) {
  const Napi::Object object = read_object(value, "instruction");
  InstructionSpec instruction;
  instruction.op = read_string(object.Get("op"), "op");
  instruction.inputs = read_indices(object.Get("inputs"), "inputs");
  instruction.outputs = read_indices(object.Get("outputs"), "outputs");
  const Napi::Object attributes = read_object(object.Get("attributes"), "attributes");
  const Napi::Array names = attributes.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); i++) {
    const std::string name = read_string(names.Get(i), "attribute");
    instruction.attributes.set(name, read_number(attributes.Get(name), "attribute"));
  }
  return instruction;
}

}  // namespace

std::string read_string(const Napi::Value& value, const char* what) {
  if (!value.IsString()) reject(what, "string");
  return value.As<Napi::String>().Utf8Value();
}

double read_number(const Napi::Value& value, const char* what) {
  if (!value.IsNumber()) reject(what, "number");
  return value.As<Napi::Number>().DoubleValue();
}

int64_t read_integer(const Napi::Value& value, const char* what) {
  const double number = read_number(value, what);
  if (!(std::fabs(number) <= 9007199254740991.0) || number != std::floor(number)) reject(what, "integer");
  return static_cast<int64_t>(number);
}

Napi::Object read_object(const Napi::Value& value, const char* what) {
  if (!value.IsObject()) reject(what, "object");
  return value.As<Napi::Object>();
}

std::vector<double> read_numbers(const Napi::Value& value, const char* what) {
  std::vector<double> numbers;
  for_each(value, what, [&](const Napi::Value& item) { numbers.push_back(read_number(item, what)); });
  return numbers;
}

std::vector<int64_t> read_integers(const Napi::Value& value, const char* what) {
  std::vector<int64_t> integers;
  for_each(value, what, [&](const Napi::Value& item) { integers.push_back(read_integer(item, what)); });
  return integers;
}

ProgramSpec read_program(const Napi::Value& value) {
  const Napi::Object object = read_object(value, "program");
  ProgramSpec spec;
  for_each(object.Get("symbols"), "symbols",
           [&](const Napi::Value& item) { spec.symbols.push_back(read_string(item, "symbol")); });
  spec.capacities = read_integers(object.Get("capacities"), "capacities");
  for_each(object.Get("buffers"), "buffers",
           [&](const Napi::Value& item) { spec.buffers.push_back(read_buffer(item)); });
  for_each(object.Get("instructions"), "instructions",
           [&](const Napi::Value& item) { spec.instructions.push_back(read_instruction(item)); });
  for_each(object.Get("outputs"), "outputs", [&](const Napi::Value& item) {
    const Napi::Object output = read_object(item, "output");
    spec.outputs.push_back({read_string(output.Get("name"), "output"),
                            static_cast<int>(read_integer(output.Get("buffer"), "output"))});
  });
  spec.arena_bytes = read_integer(object.Get("arenaBytes"), "arenaBytes");
  return spec;
}

OptimizerOptions read_optimizer(const Napi::Value& value) {
  const Napi::Object object = read_object(value, "optimizer");
  const auto number = [&](const char* name) {
    return static_cast<float>(read_number(object.Get(name), name));
  };
  OptimizerOptions options;
  options.rule = read_string(object.Get("rule"), "rule") == "sgd" ? Rule::sgd : Rule::adamw;
  options.beta1 = number("beta1");
  options.beta2 = number("beta2");
  options.epsilon = number("epsilon");
  options.momentum = number("momentum");
  for_each(object.Get("groups"), "groups", [&](const Napi::Value& item) {
    const Napi::Object group = read_object(item, "group");
    OptimizerOptions::Group parsed;
    parsed.weight_decay = static_cast<float>(read_number(group.Get("weightDecay"), "weightDecay"));
    for_each(group.Get("parameters"), "parameters",
             [&](const Napi::Value& name) { parsed.parameters.push_back(read_string(name, "parameter")); });
    options.groups.push_back(std::move(parsed));
  });
  return options;
}

std::vector<HostTensor> read_tensors(const Napi::Value& value) {
  const Napi::Object object = read_object(value, "inputs");
  const Napi::Array names = object.GetPropertyNames();
  std::vector<HostTensor> tensors;
  for (uint32_t i = 0; i < names.Length(); i++) {
    HostTensor tensor;
    tensor.name = read_string(names.Get(i), "input");
    const Napi::Value item = object.Get(tensor.name);
    if (!item.IsTypedArray()) reject("input", "typed array");
    const auto array = item.As<Napi::TypedArray>();
    const auto kind = array.TypedArrayType();
    if (kind != napi_int32_array && kind != napi_float32_array) reject("input", "Int32Array or Float32Array");
    tensor.type = kind == napi_int32_array ? DataType::i32 : DataType::f32;
    tensor.bytes.resize(array.ByteLength());
    const auto* bytes = static_cast<const unsigned char*>(array.ArrayBuffer().Data());
    if (!tensor.bytes.empty())
      std::memcpy(tensor.bytes.data(), bytes + array.ByteOffset(), tensor.bytes.size());
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Napi::Object write_tensors(Napi::Env env, const std::vector<HostTensor>& tensors) {
  Napi::Object object = Napi::Object::New(env);
  for (const HostTensor& tensor : tensors) {
    Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, tensor.bytes.size());
    if (!tensor.bytes.empty()) std::memcpy(buffer.Data(), tensor.bytes.data(), tensor.bytes.size());
    const size_t count = tensor.bytes.size() / 4;
    if (tensor.type == DataType::i32)
      object.Set(tensor.name, Napi::Int32Array::New(env, count, buffer, 0));
    else
      object.Set(tensor.name, Napi::Float32Array::New(env, count, buffer, 0));
  }
  return object;
}

}  // namespace cdlm
