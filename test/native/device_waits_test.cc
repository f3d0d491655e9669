// How often a training step waits for a device that the host plays.
#ifdef CDLM_EMULATED
#include <cmath>
#include <cstring>
#include <vector>

#include "check.h"
#include "emulated/waits.h"
#include "runtime/engine.h"

using namespace cdlm;

namespace {

// y = Σ of x ⊙ w, and x as the gradient of w.
ProgramSpec weighted_sum() {
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

HostTensor input(const char* name, const std::vector<float>& values) {
  HostTensor tensor{name, DataType::f32, {}, {}};
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
  tensor.bytes.assign(bytes, bytes + values.size() * sizeof(float));
  return tensor;
}
std::vector<HostTensor> inputs(const std::vector<float>& x) { return {input("x", x), input("one", {1})}; }

float only(const std::vector<HostTensor>& outputs) {
  float y;
  std::memcpy(&y, outputs[0].bytes.data(), sizeof y);
  return y;
}

bool never() { return false; }

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

}  // namespace

TEST(device_waits_once_a_step) {
  WeightedSum sum;
  sum.run({1, 2, 3, 4, 5, 6});
  sum.engine.step({1}, 1, 0);
  for (int k = 0; k < 3; k++) {  // w becomes -x, -2x, …
    const uint64_t before = emulated::waits();
    const float y = only(sum.run({1, 2, 3, 4, 5, 6}));
    const double norm = sum.engine.step({1}, 1, 0);
    CHECK_SAY(emulated::waits() == before + 1, "%d waits", static_cast<int>(emulated::waits() - before));
    CHECK(y == -91.0f * static_cast<float>(k + 1));
    CHECK(std::fabs(norm - std::sqrt(91.0)) < 1e-6);
  }
}

// The norm that came with a run is that of the gradients at the step, not of older ones.
TEST(device_norm_of_gradients_that_changed) {
  WeightedSum sum;
  sum.run({1, 2, 3, 4, 5, 6});
  const std::vector<float> other{3, 0, 0, 0, 4, 0};
  sum.engine.write("w", Slot::gradient, 0, FileType::f32, other.data(), 6);
  CHECK(sum.engine.step({1}, 1, 0) == 5.0);
  sum.run({1, 2, 3, 4, 5, 6});
  sum.run({0, 0, 0, 0, 0, 2});
  CHECK(sum.engine.step({1}, 1, 0) == 2.0);
}
#endif
