// What leaves a tensor is refused before memory is touched, and tensors without rows work.
#include "check.h"
#include "levels.h"
#include "ops_fixture.h"

namespace {

using namespace cdlm_test;

Call attention_over(const Array& sentences, int64_t pieces) {
  return {"attention",
          {noise({pieces, 24}, 1), sentences, ints({2}, {0, 0})},
          {empty({pieces, 8}), empty({pieces, 2})},
          {{"heads", 2}, {"rate", 0}, {"stream", 0}}};
}

Call viterbi_over(const Array& words) {
  return {"viterbi", {noise({6, 3}, 1), noise({4, 3}, 2), words}, {ints({6}, std::vector<int32_t>(6))}, {}};
}

Call lstm_over(const Array& words) {
  return {"lstm", {noise({6, 12}, 1), noise({12, 3}, 2), words}, {empty({6, 3}), empty({6, 3})}, {}};
}

std::vector<Call> wrong_calls() {
  const Array x = noise({2, 4}, 1), table = noise({3, 4}, 2);
  return {
      {"gather", {table, ints({2}, {0, 3})}, {empty({2, 4})}, {}},
      {"gather", {table, ints({2}, {-1, 0})}, {empty({2, 4})}, {}},
      {"scatterRows", {x, ints({2}, {0, 3}), table}, {empty({3, 4})}, {}},
      {"scatterRows", {x, ints({2}, {-1, 0}), table}, {empty({3, 4})}, {}},
      {"crossEntropy", {x, ints({2}, {0, 4})}, {empty({1})}, {}},
      {"crossEntropyGradient", {x, ints({2}, {4, 0}), noise({1}, 1)}, {empty({2, 4})}, {}},
      {"dropout", {x, ints({2}, {0, 0})}, {empty({2, 4})}, {{"rate", 1}, {"stream", 0}}},
      {"matmul", {x, table}, {empty({2, 4})}, {{"transposeA", 0}, {"transposeB", 0}}},
      {"linear", {x, table, noise({4}, 1)}, {empty({2, 3})}, {{"transposeA", 0}, {"transposeB", 1}}},
      {"add", {x, table}, {empty({2, 4})}, {}},
      {"add", {x}, {empty({2, 4})}, {}},
      attention_over(ints({1, 2}, {0, 7}), 6),
      attention_over(ints({1, 2}, {0, 5}), 6),
      attention_over(ints({2, 2}, {0, 4, 3, 3}), 6),
      attention_over(ints({2, 2}, {0, 7, 7, -1}), 6),
      attention_over(ints({1, 2}, {-1, 7}), 6),
      viterbi_over(ints({1, 2}, {0, 7})),
      lstm_over(ints({1, 2}, {0, 7})),
      lstm_over(ints({1, 2}, {-1, 2})),
      lstm_over(ints({2, 2}, {0, 4, 3, 3})),
      viterbi_over(ints({1, 2}, {2147483647, 2147483647})),
      viterbi_over(ints({2, 2}, {0, 4, 3, 3})),
  };
}

std::vector<Call> empty_calls() {
  const Array x = noise({0, 4}, 1), row = noise({4}, 2), key = ints({2}, {0, 0}), none = ints({0}, {});
  const std::vector<std::pair<const char*, double>> product{{"transposeA", 0}, {"transposeB", 0}};
  return {
      {"add", {x, x}, {x}, {}},
      {"sum", {x}, {empty({1})}, {}},
      {"sumRows", {x}, {empty({4})}, {}},
      {"addBias", {x, row}, {x}, {}},
      {"layerNorm", {x, row, row}, {x, noise({0, 2}, 1)}, {{"epsilon", 0}}},
      {"layerNormGradient", {x, row, noise({0, 2}, 1), x}, {x, empty({4}), empty({4})}, {}},
      {"dropout", {x, key}, {x}, {{"rate", 0.5}, {"stream", 0}}},
      {"residualNorm",
       {x, x, row, row, key},
       {x, x, noise({0, 2}, 1)},
       {{"rate", 0.5}, {"stream", 0}, {"epsilon", 0}}},
      {"softmax", {x}, {x}, {}},
      {"crossEntropy", {x, none}, {empty({1})}, {}},
      {"gather", {noise({3, 4}, 1), none}, {x}, {}},
      {"scatterRows", {x, none, noise({3, 4}, 1)}, {empty({3, 4})}, {}},
      {"matmul", {x, noise({4, 3}, 1)}, {noise({0, 3}, 1)}, product},
      {"matmul", {noise({3, 0}, 1), x}, {empty({3, 4})}, product},
      {"viterbi", {x, noise({5, 4}, 1), ints({0, 2}, {})}, {none}, {}},
      attention_over(ints({0, 2}, {}), 0),
      attention_over(ints({2, 2}, {0, 0, 0, 0}), 0),
  };
}

bool all_zero(const std::vector<Array>& outputs) {
  for (const Array& output : outputs)
    for (float value : output.floats)
      if (value != 0) return false;
  return true;
}

}  // namespace

TEST(ops_bounds) {
  for (cdlm::Level level : levels_of_ops()) {
    const cdlm::Device device(level, 2);
    for (const Call& call : wrong_calls())
      CHECK_SAY(error_of(call, device) == "SHAPE_MISMATCH", "%s is not refused", call.op);
    for (const Call& call : empty_calls()) CHECK_SAY(all_zero(run(call, device)), "%s without rows", call.op);
  }
}

TEST(ops_attribute_that_is_no_integer) {
  const cdlm::Device device(cdlm::Level::plain, 1);
  const Array x = noise({2, 4}, 1);
  for (double stream : {static_cast<double>(NAN), 1e300, -4294967296.0}) {
    const Call call{"dropout", {x, ints({2}, {0, 0})}, {x}, {{"rate", 0.5}, {"stream", stream}}};
    CHECK(error_of(call, device) == "INTERNAL");
  }
}
