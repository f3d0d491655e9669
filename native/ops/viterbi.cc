#include "ops/viterbi.h"

#include "ops/check.h"

namespace cdlm {
namespace {

void run_viterbi(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &scores = call.in(0), &transitions = call.in(1), &words = call.in(2), &best = call.out(0);
  const int64_t n = scores.rows(), tags = scores.columns();
  call.expect(scores, "scores", DataType::f32, {n, tags});
  call.expect(transitions, "transitions", DataType::f32, {tags + 1, tags});
  call.expect(words, "words", DataType::i32, {words.rows(), 2});
  call.expect(best, "result", DataType::i32, {n});
  if (tags < 1) call.fail("tags", "at least 1", "0");
  check_ranges(call, words, "words", n, Gaps::allowed);
  CDLM_CALL(call.device.level, viterbi(call.device, scores.f32(), transitions.f32(), words.i32(), best.i32(),
                                       n, words.rows(), longest_range(call, words), tags));
}

}  // namespace

CDLM_OP("viterbi", run_viterbi);

}  // namespace cdlm
