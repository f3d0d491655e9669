#include "ops/cross_entropy.h"

#include <limits>

#include "ops/check.h"

namespace cdlm {
namespace {

// Checks logits [words, tags] and gold [words]; returns how many words count.
int64_t check_gold(const OpCall& call, const Tensor& logits, const Tensor& gold) {
  call.expect(logits, "logits", DataType::f32, {logits.rows(), logits.columns()});
  call.expect(gold, "gold", DataType::i32, {logits.rows()});
  check_ids(call, gold, "gold", std::numeric_limits<int32_t>::min(), logits.columns());
  const int32_t* values = call.ints(gold);
  int64_t counted = 0;
  for (int64_t word = 0; word < gold.elements(); word++) counted += values[word] >= 0;
  return counted;
}

void run_cross_entropy(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &logits = call.in(0), &gold = call.in(1), &loss = call.out(0);
  const int64_t counted = check_gold(call, logits, gold);
  call.expect(loss, "loss", DataType::f32, {1});
  CDLM_CALL(call.device.level, cross_entropy(call.device, logits.f32(), gold.i32(), counted, loss.f32(),
                                             logits.rows(), logits.columns()));
}

void run_cross_entropy_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &logits = call.in(0), &gold = call.in(1), &d_loss = call.in(2), &d_logits = call.out(0);
  const int64_t counted = check_gold(call, logits, gold);
  call.expect(d_loss, "gradient", DataType::f32, {1});
  call.expect_same(logits, d_logits, "result");
  CDLM_CALL(call.device.level,
            cross_entropy_gradient(call.device, logits.f32(), gold.i32(), counted, d_loss.f32(),
                                   d_logits.f32(), logits.rows(), logits.columns()));
}

}  // namespace

CDLM_OP("crossEntropy", run_cross_entropy);
CDLM_OP("crossEntropyGradient", run_cross_entropy_gradient);

}  // namespace cdlm
