// Runs as CUDA graphs, and steps of the optimiser in few launches, on a device that the host plays.
#ifdef CDLM_EMULATED
#include <cmath>
#include <string>
#include <vector>

#include "check.h"
#include "core/error.h"
#include "emulated/counts.h"
#include "weighted_sum.h"

using namespace cdlm_test;

namespace {

constexpr int64_t kMost = 100000;

// y = Σ x + Σ w ⊙ w for x [n] and w [m]: the second sum needs more scratch memory where m is larger.
ProgramSpec two_sums() {
  ProgramSpec spec;
  spec.symbols = {"n", "m"};
  spec.capacities = {kMost, kMost};
  spec.arena_bytes = 4 * kMost + 1024;
  spec.buffers = {{Place::input, DataType::f32, {-1}, 0, "x"},
                  {Place::input, DataType::f32, {-2}, 0, "w"},
                  {Place::arena, DataType::f32, {-2}, 0, ""},
                  {Place::arena, DataType::f32, {1}, 4 * kMost, ""},
                  {Place::arena, DataType::f32, {1}, 4 * kMost + 256, ""},
                  {Place::arena, DataType::f32, {1}, 4 * kMost + 512, ""}};
  spec.instructions = {
      {"sum", {0}, {3}, {}}, {"multiply", {1, 1}, {2}, {}}, {"sum", {2}, {4}, {}}, {"add", {3, 4}, {5}, {}}};
  spec.outputs = {{"y", 5}};
  return spec;
}

struct TwoSums {
  Engine engine{Level::cuda, 1, Precision::fp32, 0};
  int program = engine.compile(two_sums());

  float run(int64_t n, int64_t m) {
    const std::vector<float> x(static_cast<size_t>(n), 1.0f), w(static_cast<size_t>(m), 2.0f);
    return only(engine.run(program, {n, m}, {input("x", x), input("w", w)}, never));
  }
};

struct Graphs {
  uint64_t made = emulated::instantiated_graphs(), updated = emulated::updated_graphs();

  bool have_been(uint64_t more_made, uint64_t more_updated) const {
    return emulated::instantiated_graphs() == made + more_made &&
           emulated::updated_graphs() == updated + more_updated;
  }
};

}  // namespace

TEST(device_graph_of_other_counts_is_updated) {
  TwoSums sums;
  const Graphs before;
  for (int64_t n : {5, 3, 1000}) CHECK(sums.run(n, 7) == static_cast<float>(n) + 28.0f);
  CHECK(before.have_been(1, 2));
}

TEST(device_graph_of_other_kernels_is_made_anew) {
  TwoSums sums;
  const Graphs before;
  CHECK(sums.run(5, 7) == 33.0f);
  CHECK(sums.run(5, 0) == 5.0f);  // nothing to multiply
  CHECK(sums.run(5, 7) == 33.0f);
  CHECK(before.have_been(3, 0));
}

// Kernels of the first sum still have the scratch memory that was there before.
TEST(device_scratch_that_grows_in_a_capture) {
  TwoSums sums;
  CHECK(sums.run(1, kMost) == 4.0f * kMost + 1.0f);
  CHECK(sums.run(kMost, 1) == kMost + 4.0f);
}

TEST(device_run_cancelled_in_a_capture) {
  WeightedSum sum;
  CHECK(only(sum.run({1, 2, 3, 4, 5, 6})) == 0.0f);
  sum.engine.step({1}, 1, 0);
  int asked = 0;
  std::string code;
  const uint64_t before = emulated::waits();
  try {
    sum.engine.run(sum.program, {}, inputs({9, 9, 9, 9, 9, 9}), [&] { return ++asked == 3; });
  } catch (const Error& error) {
    code = error.code();
  }
  CHECK(code == "CANCELLED");
  CHECK(emulated::waits() == before + 1);
  // Nothing of it was started: the gradient is the one before.
  CHECK(std::fabs(sum.engine.step({0}, 1, 0) - std::sqrt(91.0)) < 1e-6);
  CHECK(only(sum.run({1, 2, 3, 4, 5, 6})) == -91.0f);
}

TEST(device_optimiser_takes_many_tensors_a_launch) {
  constexpr int kTensors = 100;
  Engine engine{Level::cuda, 1, Precision::fp32, 0};
  std::vector<std::string> names;
  for (int k = 0; k < kTensors; k++) {
    names.push_back("w" + std::to_string(k));
    engine.define(names.back(), {k + 1});
    const std::vector<float> ones(static_cast<size_t>(k + 1), 1.0f);
    engine.write(names.back(), Slot::gradient, 0, FileType::f32, ones.data(), k + 1);
  }
  engine.configure_optimizer({Rule::sgd, 0, 0, 0, 0, {{0, names}}}, 0);
  const uint64_t before = emulated::launches();
  engine.step({2}, 1, 0);
  const uint64_t launches = emulated::launches() - before;
  CHECK_SAY(launches == 4, "%d launches", static_cast<int>(launches));  // two of the norm, two of the step
  for (int k = 0; k < kTensors; k++)
    CHECK(engine.read(names[static_cast<size_t>(k)], Slot::value, 0, k + 1) ==
          std::vector<float>(static_cast<size_t>(k + 1), -2.0f));
}
#endif
