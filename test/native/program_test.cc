// Programs that .ci/fuzz and test/fuzz/programs.test.ts found to break the runtime.
#include "check.h"
#include "core/error.h"
#include "runtime/executor.h"

using namespace cdlm;

namespace {

bool is_refused(const ProgramSpec& spec) {
  ParameterStore store(host_memory());
  try {
    Executor(spec, Device(Level::plain, 1), store);
  } catch (const Error& error) {
    return error.code() == "INTERNAL";
  }
  return false;
}

BufferSpec in_arena(DataType type, std::vector<int64_t> shape, int64_t offset) {
  return {Place::arena, type, std::move(shape), offset, ""};
}

}  // namespace

TEST(runtime_gradient_that_nobody_wrote) {
  ParameterStore store(host_memory());
  store.define("w", {2});
  ProgramSpec spec;
  spec.buffers.push_back({Place::gradient, DataType::f32, {2}, 0, "w"});
  spec.outputs.push_back({"g", 0});
  const Device device(Level::plain, 1);
  Executor executor(spec, device, store);
  const std::vector<HostTensor> results =
      executor.run(device, store, nullptr, nullptr, {}, {}, [] { return false; });
  CHECK(results[0].bytes == std::vector<unsigned char>(8, 0));
}

TEST(runtime_impossible_steps) {
  ParameterStore store(host_memory());
  for (int64_t steps : {int64_t{-1}, int64_t{1} << 32, int64_t{1} << 53}) {
    bool refused = false;
    try {
      Optimizer(store, {}, steps);
    } catch (const Error&) {
      refused = true;
    }
    CHECK_SAY(refused, "%lld steps", static_cast<long long>(steps));
  }
}

TEST(runtime_refused_optimiser_changes_nothing) {
  ParameterStore store(host_memory());
  store.define("w", {2, 3});
  OptimizerOptions options;
  options.groups.resize(3);
  options.groups[2].parameters = {"w", "nobody"};
  bool refused = false;
  try {
    Optimizer(store, options, 0);
  } catch (const Error&) {
    refused = true;
  }
  CHECK(refused && store.get("w").group == 0);
}

TEST(runtime_buffer_at_an_impossible_place) {
  ProgramSpec spec;
  spec.arena_bytes = 64;
  for (int64_t offset : {3, 62, 64, -4}) {
    spec.buffers = {in_arena(DataType::f32, {1}, offset)};
    CHECK_SAY(is_refused(spec), "offset %lld", static_cast<long long>(offset));
  }
}

TEST(runtime_impossible_extents) {
  ProgramSpec spec;
  spec.symbols = {"n"};
  spec.capacities = {0};
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{-1, int64_t{1} << 53},
                                            {int64_t{1} << 53, 1000000},
                                            {int64_t{1} << 30, int64_t{1} << 30}}) {
    spec.buffers = {{Place::input, DataType::f32, shape, 0, "x"}};
    CHECK(is_refused(spec));
  }
}

TEST(runtime_output_over_the_integers_of_its_instruction) {
  ProgramSpec spec;
  spec.arena_bytes = 256;
  spec.buffers = {in_arena(DataType::f32, {4, 2}, 0), in_arena(DataType::i32, {2}, 64),
                  in_arena(DataType::f32, {2, 2}, 128)};
  spec.instructions = {{"gather", {0, 1}, {2}, {}}};
  CHECK(!is_refused(spec));
  for (int64_t offset : {52, 60, 64, 68}) {
    spec.buffers[2].offset = offset;
    CHECK(is_refused(spec));
  }
}
