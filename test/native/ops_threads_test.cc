// Every op at sizes that are cut into many tasks: equal bits for any number of threads and in place, and
// levels agree.
#include <cstring>

#include "check.h"
#include "levels.h"
#include "ops_fixture.h"

namespace {

using namespace cdlm_test;

struct Case {
  Call call;
  std::vector<int> in_place;  // inputs whose memory output 0 may take
};

constexpr int64_t N = 700, D = 391;

std::vector<Case> elementwise_cases() {
  const Array x = noise({N, D}, 1), z = noise({N, D}, 2, 4), s = noise({1}, 3), row = noise({D}, 4);
  const Array y = empty({N, D});
  return {
      {{"add", {x, z}, {y}, {}}, {0, 1}},          {{"multiply", {x, z}, {y}, {}}, {0, 1}},
      {{"scale", {x, s}, {y}, {}}, {0}},           {{"sum", {x}, {empty({1})}, {}}, {}},
      {{"expand", {s, x}, {y}, {}}, {}},           {{"fill", {}, {y}, {{"value", 0.25}}}, {}},
      {{"addBias", {x, row}, {y}, {}}, {0}},       {{"sumRows", {x}, {empty({D})}, {}}, {}},
      {{"expandRows", {row, x}, {y}, {}}, {}},     {{"gelu", {z}, {y}, {}}, {0}},
      {{"geluGradient", {z, x}, {y}, {}}, {0, 1}},
  };
}

std::vector<Case> row_cases() {
  const Array x = noise({N, D}, 1), z = noise({N, D}, 2, 4), row = noise({D}, 4), other = noise({D}, 5);
  const Array y = empty({N, D}), statistics = noise({N, 2}, 6), key = ints({2}, {5, -6});
  const Array gold = ids(N, D, 7), few = ids(N, 3, 8), many = ids(N, 5000, 9);
  return {
      {{"layerNorm", {z, row, other}, {y, empty({N, 2})}, {{"epsilon", 1e-12}}}, {}},
      {{"layerNormGradient", {z, row, statistics, x}, {y, empty({D}), empty({D})}, {}}, {3}},
      {{"dropout", {x, key}, {y}, {{"rate", 0.1}, {"stream", 3}}}, {0}},
      {{"residualNorm",
        {x, z, row, other, key},
        {y, y, empty({N, 2})},
        {{"rate", 0.1}, {"stream", 3}, {"epsilon", 1e-12}}},
       {0, 1}},
      {{"softmax", {z}, {y}, {}}, {0}},
      {{"softmaxGradient", {x, z}, {y}, {}}, {0, 1}},
      {{"crossEntropy", {z, gold}, {empty({1})}, {}}, {}},
      {{"crossEntropyGradient", {z, gold, noise({1}, 3)}, {y}, {}}, {0}},
      {{"gather", {noise({5000, D}, 1), many}, {y}, {}}, {}},
      {{"scatterRows", {x, many, noise({5000, D}, 1)}, {empty({5000, D})}, {}}, {}},
      {{"scatterRows", {x, few, noise({3, D}, 1)}, {empty({3, D})}, {}}, {}},
  };
}

std::vector<Case> product_cases() {
  const std::vector<std::pair<const char*, double>> plain{{"transposeA", 0}, {"transposeB", 1}};
  const Array a = noise({N, 90}, 1), b = noise({D, 90}, 2), row = noise({D}, 4), x = noise({N, D}, 5),
              y = empty({N, D});
  return {
      {{"matmul", {a, b}, {y}, plain}, {}},
      {{"linear", {a, b, row}, {y}, plain}, {}},
      {{"linearGelu", {a, b, row}, {y, y}, plain}, {}},
      {{"matmulAdd", {a, b, x}, {y}, plain}, {2}},
      {{"matmulGeluGradient", {a, b, x}, {y}, plain}, {2}},
  };
}

std::vector<Case> sentence_cases() {
  const std::vector<std::pair<const char*, double>> attributes{{"heads", 4}, {"rate", 0.1}, {"stream", 9}};
  const std::vector<int32_t> lengths{17, 1, 0, 130, 64, 33, 9};
  const Array qkv = noise({254, 3 * 4 * 24}, 1, 2), sentences = ranges(lengths), key = ints({2}, {1, 2});
  const Array context = noise({254, 4 * 24}, 3), log_sums = noise({254, 4}, 4, 2);
  return {
      {{"attention", {qkv, sentences, key}, {empty({254, 4 * 24}), empty({254, 4})}, attributes}, {}},
      {{"attentionGradient",
        {qkv, sentences, key, context, log_sums, context},
        {empty({254, 3 * 4 * 24})},
        attributes},
       {}},
      {{"viterbi",
        {noise({254, 33}, 1, 2), noise({34, 33}, 2), sentences},
        {ints({254}, std::vector<int32_t>(254))},
        {}},
       {}},
  };
}

bool equal_bits(const std::vector<Array>& a, const std::vector<Array>& b) {
  bool equal = true;
  for (size_t k = 0; k < a.size(); k++) {
    equal &= a[k].ints == b[k].ints;
    const size_t bytes = a[k].floats.size() * sizeof(float);
    equal &= bytes == 0 || std::memcmp(a[k].floats.data(), b[k].floats.data(), bytes) == 0;
  }
  return equal;
}

void check_case(const Case& each) {
  const std::vector<Array> portable = run(each.call, cdlm::Device(cdlm::Level::plain, 1));
  for (cdlm::Level level : levels_of_ops()) {
    const char* name = cdlm::level_name(level);
    const cdlm::Device single(level, 1), triple(level, 3);
    const std::vector<Array> outputs = run(each.call, single);
    for (size_t k = 0; k < outputs.size(); k++) {
      const double error = distance(outputs[k].floats, portable[k].floats);
      CHECK_SAY(error < 1e-5, "%s output %zu, %s against plain: %g", each.call.op, k, name, error);
      CHECK_SAY(outputs[k].ints == portable[k].ints, "%s, %s against plain", each.call.op, name);
    }
    CHECK_SAY(equal_bits(outputs, run(each.call, triple)), "%s, %s: threads", each.call.op, name);
    for (int input : each.in_place)
      CHECK_SAY(equal_bits(outputs, run(each.call, triple, input)), "%s, %s: in place of %d", each.call.op,
                name, input);
  }
}

}  // namespace

TEST(ops_threads) {
  for (const auto& cases : {elementwise_cases(), row_cases(), product_cases(), sentence_cases()})
    for (const Case& each : cases) check_case(each);
}
