// Tensors that own their memory, and one call of an op by its name.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "core/denormals.h"
#include "core/error.h"
#include "core/tensor.h"
#include "ops/op.h"

namespace cdlm_test {

struct Array {
  std::vector<float> floats;
  std::vector<int32_t> ints;
  cdlm::Tensor tensor;
};

inline cdlm::Tensor shaped(cdlm::DataType type, std::initializer_list<int64_t> shape) {
  cdlm::Tensor tensor{nullptr, type, static_cast<int>(shape.size()), {}};
  size_t axis = 0;
  for (int64_t extent : shape) tensor.extents[axis++] = extent;
  return tensor;
}

// Values in (-scale, scale) that depend on the seed alone.
inline Array noise(std::initializer_list<int64_t> shape, uint32_t seed, float scale = 1) {
  Array array{{}, {}, shaped(cdlm::DataType::f32, shape)};
  uint32_t state = seed * 2654435761u + 1;
  array.floats.resize(static_cast<size_t>(array.tensor.elements()));
  for (float& value : array.floats) {
    state = state * 1664525u + 1013904223u;
    value = (static_cast<float>(state >> 19) - 4096.0f) / 4096.0f * scale;
  }
  return array;
}

inline Array empty(std::initializer_list<int64_t> shape) {
  Array array = noise(shape, 77);
  for (float& value : array.floats) value = NAN;  // what a kernel does not write shows
  return array;
}

inline Array ints(std::initializer_list<int64_t> shape, std::vector<int32_t> values) {
  return {{}, std::move(values), shaped(cdlm::DataType::i32, shape)};
}

// i32 [n], each below `limit`.
inline Array ids(int64_t n, int32_t limit, uint32_t seed) {
  std::vector<int32_t> values(static_cast<size_t>(n));
  uint32_t state = seed;
  for (int32_t& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<int32_t>((state >> 8) % static_cast<uint32_t>(limit));
  }
  return ints({n}, values);
}

// [S, 2]: first row and length of consecutive ranges.
inline Array ranges(const std::vector<int32_t>& lengths) {
  std::vector<int32_t> values;
  int32_t first = 0;
  for (int32_t length : lengths) {
    values.insert(values.end(), {first, length});
    first += length;
  }
  return ints({static_cast<int64_t>(lengths.size()), 2}, values);
}

struct Call {
  const char* op;
  std::vector<Array> inputs, outputs;
  std::vector<std::pair<const char*, double>> attributes;
};

inline std::vector<cdlm::Tensor> views(std::vector<Array>& arrays) {
  std::vector<cdlm::Tensor> tensors;
  for (Array& array : arrays) {
    void* floats = array.floats.data();
    void* integers = array.ints.data();
    array.tensor.data = array.tensor.type == cdlm::DataType::f32 ? floats : integers;
    array.tensor.host = array.tensor.data;
    tensors.push_back(array.tensor);
  }
  return tensors;
}

// The outputs of the call. With in_place = i ≥ 0, output 0 takes the memory of input i.
inline std::vector<Array> run(Call call, const cdlm::Device& device, int in_place = -1) {
  std::vector<cdlm::Tensor> inputs = views(call.inputs), outputs = views(call.outputs);
  if (in_place >= 0) outputs[0].data = inputs[static_cast<size_t>(in_place)].data;
  cdlm::Attributes attributes;
  for (const auto& [name, value] : call.attributes) attributes.set(name, value);
  cdlm::flush_denormals();  // as the workers of the pool and the thread of the engine do
  cdlm::find_op(call.op)({call.op, device, inputs, outputs, attributes});
  device.memory().wait();
  if (in_place >= 0) call.outputs[0].floats = call.inputs[static_cast<size_t>(in_place)].floats;
  return call.outputs;
}

// The code of the error that the call throws, or "" if it throws none.
inline std::string error_of(const Call& call, const cdlm::Device& device) {
  try {
    run(call, device);
  } catch (const cdlm::Error& error) {
    return error.code();
  }
  return "";
}

// The largest difference, divided by the largest entry; NaN anywhere is infinite.
inline double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, largest = 1e-30;
  for (size_t i = 0; i < a.size(); i++) {
    if (std::isnan(a[i]) || std::isnan(b[i])) return INFINITY;
    difference = std::fmax(difference, std::fabs(static_cast<double>(a[i]) - b[i]));
    largest = std::fmax(largest, std::fabs(static_cast<double>(b[i])));
  }
  return difference / largest;
}

}  // namespace cdlm_test
