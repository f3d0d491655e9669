// Attention and its gradient against loops in float64, with sentences longer than a block of queries and of
// keys.
#include <cmath>

#include "check.h"
#include "core/random.h"
#include "levels.h"
#include "ops_fixture.h"

namespace {

using namespace cdlm_test;

constexpr int64_t kHeads = 2, kSize = 20, kWide = 3 * kHeads * kSize, kNarrow = kHeads * kSize;
constexpr uint32_t kStream = 6;

struct Reference {
  std::vector<double> context, log_sums, d_qkv;
};

double dot(const float* a, const float* b) {
  double sum = 0;
  for (int64_t c = 0; c < kSize; c++) sum += static_cast<double>(a[c]) * b[c];
  return sum;
}

// Adds one query of one head to the reference.
void attend(const Array& qkv, const Array& d_context, int64_t first, int64_t length, int64_t piece,
            int64_t head, double rate, Reference* r) {
  const auto n = static_cast<size_t>(length);
  std::vector<double> scores(n), kept(n, 1.0), d_weights(n);
  const int64_t query = piece * kWide + head * kSize, at = piece * kNarrow + head * kSize;
  const auto key = [&](size_t j) {
    return (first + static_cast<int64_t>(j)) * kWide + kNarrow + head * kSize;
  };
  double top = -INFINITY, total = 0, mean = 0;
  for (size_t j = 0; j < n; j++) {
    scores[j] = dot(&qkv.floats[static_cast<size_t>(query)], &qkv.floats[static_cast<size_t>(key(j))]) /
                std::sqrt(double{kSize});
    top = std::fmax(top, scores[j]);
    const auto row = static_cast<uint32_t>(piece * kHeads + head);
    const uint32_t random = cdlm::random_at(1, 2, kStream, row, static_cast<uint32_t>(j));
    kept[j] = random >= static_cast<uint32_t>(rate * 4294967296.0) ? 1 / (1 - rate) : 0;
  }
  for (size_t j = 0; j < n; j++) total += std::exp(scores[j] - top);
  r->log_sums[static_cast<size_t>(piece * kHeads + head)] = top + std::log(total);
  for (size_t j = 0; j < n; j++) {
    scores[j] = std::exp(scores[j] - top) / total;
    d_weights[j] = kept[j] * dot(&d_context.floats[static_cast<size_t>(at)],
                                 &qkv.floats[static_cast<size_t>(key(j) + kNarrow)]);
    mean += scores[j] * d_weights[j];
  }
  for (size_t j = 0; j < n; j++) {
    const double d_score = scores[j] * (d_weights[j] - mean) / std::sqrt(double{kSize});
    for (int64_t c = 0; c < kSize; c++) {
      const auto q = static_cast<size_t>(query + c), k = static_cast<size_t>(key(j) + c);
      const auto v = static_cast<size_t>(key(j) + kNarrow + c), o = static_cast<size_t>(at + c);
      r->context[o] += scores[j] * kept[j] * qkv.floats[v];
      r->d_qkv[q] += d_score * qkv.floats[k];
      r->d_qkv[k] += d_score * qkv.floats[q];
      r->d_qkv[v] += scores[j] * kept[j] * d_context.floats[o];
    }
  }
}

std::vector<float> rounded(const std::vector<double>& values) { return {values.begin(), values.end()}; }

void check_rate(double rate) {
  const std::vector<int32_t> lengths{5, 1, 0, 600, 150, 33};
  const int64_t pieces = 789;
  const Array qkv = noise({pieces, kWide}, 1, 2), d_context = noise({pieces, kNarrow}, 2),
              key = ints({2}, {1, 2});
  Reference r{std::vector<double>(pieces * kNarrow), std::vector<double>(pieces * kHeads),
              std::vector<double>(pieces * kWide)};
  int64_t first = 0;
  for (int32_t length : lengths) {
    for (int64_t piece = first; piece < first + length; piece++)
      for (int64_t head = 0; head < kHeads; head++)
        attend(qkv, d_context, first, length, piece, head, rate, &r);
    first += length;
  }
  for (cdlm::Level level : levels_of_ops()) {
    const cdlm::Device device(level, 2);
    const std::vector<std::pair<const char*, double>> attributes{
        {"heads", kHeads}, {"rate", rate}, {"stream", kStream}};
    const Call forward{"attention",
                       {qkv, ranges(lengths), key},
                       {empty({pieces, kNarrow}), empty({pieces, kHeads})},
                       attributes};
    const std::vector<Array> out = run(forward, device);
    const Call backward{"attentionGradient",
                        {qkv, ranges(lengths), key, out[0], out[1], d_context},
                        {empty({pieces, kWide})},
                        attributes};
    const double errors[] = {distance(out[0].floats, rounded(r.context)),
                             distance(out[1].floats, rounded(r.log_sums)),
                             distance(run(backward, device)[0].floats, rounded(r.d_qkv))};
    for (int k = 0; k < 3; k++)
      CHECK_SAY(errors[k] < 1e-5, "%s, rate %g, %d: %g", cdlm::level_name(level), rate, k, errors[k]);
  }
}

}  // namespace

TEST(ops_attention) {
  check_rate(0);
  check_rate(0.25);
}
