#include "ops/crf.h"

#include <algorithm>
#include <limits>

#include "ops/check.h"

namespace cdlm {
namespace {

// The first three inputs of every op of a field: scores, transitions, words.
Crf check_field(const OpCall& call) {
  const Tensor &scores = call.in(0), &transitions = call.in(1), &words = call.in(2);
  const int64_t n = scores.rows(), tags = scores.columns();
  call.expect(scores, "scores", DataType::f32, {n, tags});
  if (tags < 1) call.fail("number of tags", "at least 1", "0");
  call.expect(transitions, "transitions", DataType::f32, {tags + 1, tags});
  call.expect(words, "words", DataType::i32, {words.rows(), 2});
  check_ranges(call, words, "words", n, Gaps::allowed);
  return {scores.f32(), transitions.f32(), words.i32(), n, tags, words.rows(), longest_range(call, words)};
}

// Checks gold [words]; returns how many words of sentences have a tag, at least 1.
int64_t check_gold(const OpCall& call, const Crf& field, const Tensor& gold) {
  const int32_t *ranges = call.ints(call.in(2)), *tags = call.ints(gold);
  call.expect(gold, "gold", DataType::i32, {field.words});
  check_ids(call, gold, "gold", std::numeric_limits<int32_t>::min(), field.tags);
  int64_t counted = 0;
  for (int64_t s = 0; s < field.sentences; s++)
    for (int64_t word = 0; word < ranges[2 * s + 1]; word++) counted += tags[ranges[2 * s] + word] >= 0;
  return std::max<int64_t>(1, counted);
}

void run_loss(const OpCall& call) {
  call.expect_counts(4, 1);
  const Crf field = check_field(call);
  const Tensor &gold = call.in(3), &loss = call.out(0);
  const int64_t counted = check_gold(call, field, gold);
  call.expect(loss, "loss", DataType::f32, {1});
  CDLM_CALL(call.device.level, crf_loss(call.device, field, gold.i32(), counted, loss.f32()));
}

void run_loss_gradient(const OpCall& call) {
  call.expect_counts(5, 2);
  const Crf field = check_field(call);
  const Tensor &gold = call.in(3), &d_loss = call.in(4), &d_scores = call.out(0),
               &d_transitions = call.out(1);
  const int64_t counted = check_gold(call, field, gold);
  call.expect(d_loss, "gradient", DataType::f32, {1});
  call.expect_same(call.in(0), d_scores, "gradient of the scores");
  call.expect_same(call.in(1), d_transitions, "gradient of the transitions");
  CDLM_CALL(call.device.level, crf_loss_gradient(call.device, field, gold.i32(), counted, d_loss.f32(),
                                                 d_scores.f32(), d_transitions.f32()));
}

void run_marginals(const OpCall& call) {
  call.expect_counts(3, 1);
  const Crf field = check_field(call);
  const Tensor& marginals = call.out(0);
  call.expect_same(call.in(0), marginals, "result");
  CDLM_CALL(call.device.level, crf_marginals(call.device, field, marginals.f32()));
}

// True if words first … first + length - 1 lie in one sentence.
bool in_one_sentence(const int32_t* ranges, int64_t sentences, int64_t first, int64_t length) {
  for (int64_t s = 0; s < sentences; s++) {
    const int64_t begin = ranges[2 * s], end = begin + ranges[2 * s + 1];
    if (first >= begin && first < end) return length >= 1 && length <= end - first;
  }
  return false;
}

void check_spans(const OpCall& call, const Crf& field, const Tensor& spans) {
  call.expect(spans, "spans", DataType::i32, {spans.rows(), 3});
  const int64_t types = (field.tags - 1) / 2;
  if (field.tags % 2 == 0) call.fail("number of tags", "2 · types + 1", std::to_string(field.tags));
  const int32_t *ranges = call.ints(call.in(2)), *values = call.ints(spans);
  for (int64_t k = 0; k < spans.rows(); k++) {
    const int32_t* span = values + 3 * k;
    if (!in_one_sentence(ranges, field.sentences, span[0], span[1]))
      call.fail("span", "words of one sentence",
                std::to_string(span[0]) + " + " + std::to_string(span[1]) + " at " + std::to_string(k));
    if (span[2] < 0 || span[2] >= types)
      call.fail("type of a span", "0 to " + std::to_string(types - 1),
                std::to_string(span[2]) + " at " + std::to_string(k));
  }
}

void run_span_posterior(const OpCall& call) {
  call.expect_counts(4, 1);
  const Crf field = check_field(call);
  const Tensor &spans = call.in(3), &posteriors = call.out(0);
  check_spans(call, field, spans);
  call.expect(posteriors, "result", DataType::f32, {spans.rows()});
  CDLM_CALL(call.device.level,
            crf_span_posteriors(call.device, field, spans.i32(), spans.rows(), posteriors.f32()));
}

}  // namespace

CDLM_OP("crfLoss", run_loss);
CDLM_OP("crfLossGradient", run_loss_gradient);
CDLM_OP("crfMarginals", run_marginals);
CDLM_OP("crfSpanPosterior", run_span_posterior);

}  // namespace cdlm
