#include "ops/soft_cross_entropy.h"

#include "ops/check.h"

namespace cdlm {
namespace {

void check_rows(const OpCall& call) {
  const Tensor &logits = call.in(0), &targets = call.in(1);
  call.expect(logits, "logits", DataType::f32, {logits.rows(), logits.columns()});
  call.expect_same(logits, targets, "targets");
  if (logits.columns() < 1) call.fail("number of tags", "at least 1", "0");
}

void run_soft_cross_entropy(const OpCall& call) {
  call.expect_counts(2, 1);
  check_rows(call);
  const Tensor &logits = call.in(0), &targets = call.in(1), &loss = call.out(0);
  call.expect(loss, "loss", DataType::f32, {1});
  CDLM_CALL(call.device.level, soft_cross_entropy(call.device, logits.f32(), targets.f32(), loss.f32(),
                                                  logits.rows(), logits.columns()));
}

void run_soft_cross_entropy_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  check_rows(call);
  const Tensor &logits = call.in(0), &targets = call.in(1), &d_loss = call.in(2), &d_logits = call.out(0);
  call.expect(d_loss, "gradient", DataType::f32, {1});
  call.expect_same(logits, d_logits, "result");
  CDLM_CALL(call.device.level,
            soft_cross_entropy_gradient(call.device, logits.f32(), targets.f32(), d_loss.f32(),
                                        d_logits.f32(), logits.rows(), logits.columns()));
}

}  // namespace

CDLM_OP("softCrossEntropy", run_soft_cross_entropy);
CDLM_OP("softCrossEntropyGradient", run_soft_cross_entropy_gradient);

}  // namespace cdlm
