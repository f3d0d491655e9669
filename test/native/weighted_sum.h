// A program and its engine on the emulated device, for tests of what a run asks of it.
#pragma once

#include <cstring>
#include <vector>

#include "runtime/engine.h"

namespace cdlm_test {

using namespace cdlm;

// y = Σ of x ⊙ w, and x as the gradient of w.
inline ProgramSpec weighted_sum() {
  ProgramSpec spec;
  spec.arena_bytes = 512;
  spec.buffers = {
      {Place::input, DataType::f32, {2, 3}, 0, "x"},    {Place::parameter, DataType::f32, {2, 3}, 0, "w"},
      {Place::gradient, DataType::f32, {2, 3}, 0, "w"}, {Place::arena, DataType::f32, {2, 3}, 0, ""},
      {Place::arena, DataType::f32, {1}, 256, ""},      {Place::input, DataType::f32, {1}, 0, "one"}};
  spec.instructions = {{"multiply", {0, 1}, {3}, {}}, {"sum", {3}, {4}, {}}, {"scale", {0, 5}, {2}, {}}};
  spec.outputs = {{"y", 4}};
  return spec;
}

inline HostTensor input(const char* name, const std::vector<float>& values) {
  HostTensor tensor{name, DataType::f32, {}};
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
  tensor.bytes.assign(bytes, bytes + values.size() * sizeof(float));
  return tensor;
}
inline std::vector<HostTensor> inputs(const std::vector<float>& x) {
  return {input("x", x), input("one", {1})};
}

inline float only(const std::vector<HostTensor>& outputs) {
  float y;
  std::memcpy(&y, outputs[0].bytes.data(), sizeof y);
  return y;
}

inline bool never() { return false; }

// An engine with "w" [2, 3] of zeros under SGD, and its program.
struct WeightedSum {
  Engine engine{Level::cuda, 1, Precision::fp32, 0};
  int program;

  WeightedSum() {
    engine.define("w", {2, 3});
    program = engine.compile(weighted_sum());
    engine.configure_optimizer({Rule::sgd, 0, 0, 0, 0, {{0, {"w"}}}}, 0);
  }
  std::vector<HostTensor> run(const std::vector<float>& x) {
    return engine.run(program, {}, inputs(x), never);
  }
};

}  // namespace cdlm_test
