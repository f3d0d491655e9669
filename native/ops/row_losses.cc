#include "ops/row_losses.h"

#include <algorithm>
#include <limits>

#include "ops/check.h"

namespace cdlm {
namespace {

void run_binary_cross_entropy(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &logits = call.in(0), &targets = call.in(1), &loss = call.out(0);
  call.expect(logits, "logits", DataType::f32, {logits.rows(), logits.columns()});
  call.expect_same(logits, targets, "targets");
  call.expect(loss, "loss", DataType::f32, {1});
  CDLM_CALL(call.device.level,
            binary_cross_entropy(call.device, logits.f32(), targets.f32(), loss.f32(), logits.elements()));
}

void run_binary_cross_entropy_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &logits = call.in(0), &targets = call.in(1), &d_loss = call.in(2), &d_logits = call.out(0);
  call.expect(logits, "logits", DataType::f32, {logits.rows(), logits.columns()});
  call.expect_same(logits, targets, "targets");
  call.expect(d_loss, "gradient", DataType::f32, {1});
  call.expect_same(logits, d_logits, "result");
  const int64_t n = logits.elements();
  CDLM_CALL(call.device.level, binary_cross_entropy_gradient(call.device, logits.f32(), targets.f32(),
                                                             d_loss.f32(), d_logits.f32(), n));
}

// Checks logits [rows, tags] and marks [rows], of which those of unlikelihood name a tag.
MarkedRows check_rows(const OpCall& call, RowLoss kind) {
  const Tensor &logits = call.in(0), &marks = call.in(1);
  call.expect(logits, "logits", DataType::f32, {logits.rows(), logits.columns()});
  call.expect(marks, "marks", DataType::i32, {logits.rows()});
  constexpr auto kAny = std::numeric_limits<int32_t>::min();
  if (logits.columns() < 1) call.fail("number of tags", "at least 1", "0");
  if (kind == RowLoss::unlikelihood) {
    if (logits.columns() < 2) call.fail("number of tags", "at least 2", std::to_string(logits.columns()));
    check_ids(call, marks, "marks", kAny, logits.columns());
  }
  const int32_t* values = call.ints(marks);
  int64_t counted = 0;
  for (int64_t row = 0; row < marks.elements(); row++) counted += values[row] >= 0;
  return {logits.f32(), marks.i32(), logits.rows(), logits.columns(), std::max<int64_t>(1, counted)};
}

template <RowLoss kind>
void run_row_loss(const OpCall& call) {
  call.expect_counts(2, 1);
  const MarkedRows rows = check_rows(call, kind);
  const Tensor& loss = call.out(0);
  call.expect(loss, "loss", DataType::f32, {1});
  CDLM_CALL(call.device.level, row_loss(call.device, kind, rows, loss.f32()));
}

template <RowLoss kind>
void run_row_loss_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const MarkedRows rows = check_rows(call, kind);
  const Tensor &d_loss = call.in(2), &d_logits = call.out(0);
  call.expect(d_loss, "gradient", DataType::f32, {1});
  call.expect_same(call.in(0), d_logits, "result");
  CDLM_CALL(call.device.level, row_loss_gradient(call.device, kind, rows, d_loss.f32(), d_logits.f32()));
}

constexpr OpFunction run_uniform_kl = run_row_loss<RowLoss::uniform_kl>;
constexpr OpFunction run_uniform_kl_gradient = run_row_loss_gradient<RowLoss::uniform_kl>;
constexpr OpFunction run_unlikelihood = run_row_loss<RowLoss::unlikelihood>;
constexpr OpFunction run_unlikelihood_gradient = run_row_loss_gradient<RowLoss::unlikelihood>;

}  // namespace

CDLM_OP("binaryCrossEntropy", run_binary_cross_entropy);
CDLM_OP("binaryCrossEntropyGradient", run_binary_cross_entropy_gradient);
CDLM_OP("uniformKl", run_uniform_kl);
CDLM_OP("uniformKlGradient", run_uniform_kl_gradient);
CDLM_OP("unlikelihood", run_unlikelihood);
CDLM_OP("unlikelihoodGradient", run_unlikelihood_gradient);

}  // namespace cdlm
