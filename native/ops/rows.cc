#include "ops/rows.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void expect_matrix(const OpCall& call, const Tensor& x, const char* name) {
  call.expect(x, name, DataType::f32, {x.rows(), x.columns()});
}

void run_concat_columns(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &a = call.in(0), &b = call.in(1), &y = call.out(0);
  expect_matrix(call, a, "a");
  call.expect(b, "b", DataType::f32, {a.rows(), b.columns()});
  call.expect(y, "result", DataType::f32, {a.rows(), a.columns() + b.columns()});
  CDLM_CALL(call.device.level,
            concat_columns(call.device, a.f32(), b.f32(), y.f32(), a.rows(), a.columns(), b.columns()));
}

void run_split_columns(const OpCall& call) {
  call.expect_counts(1, 2);
  const Tensor &y = call.in(0), &a = call.out(0), &b = call.out(1);
  call.expect(a, "left part", DataType::f32, {y.rows(), a.columns()});
  call.expect(b, "right part", DataType::f32, {y.rows(), b.columns()});
  call.expect(y, "x", DataType::f32, {y.rows(), a.columns() + b.columns()});
  CDLM_CALL(call.device.level,
            split_columns(call.device, y.f32(), a.f32(), b.f32(), y.rows(), a.columns(), b.columns()));
}

void run_scale_rows(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &x = call.in(0), &s = call.in(1), &y = call.out(0);
  expect_matrix(call, x, "x");
  call.expect(s, "factors", DataType::f32, {x.rows(), 1});
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, scale_rows(call.device, x.f32(), s.f32(), y.f32(), x.rows(), x.columns()));
}

void run_row_dots(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &a = call.in(0), &b = call.in(1), &y = call.out(0);
  expect_matrix(call, a, "a");
  call.expect_same(a, b, "operands");
  call.expect(y, "result", DataType::f32, {a.rows(), 1});
  CDLM_CALL(call.device.level, row_dots(call.device, a.f32(), b.f32(), y.f32(), a.rows(), a.columns()));
}

void run_sigmoid(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect_same(x, y, "result");
  if (x.type != DataType::f32) call.fail("x", "f32", describe(x));
  CDLM_CALL(call.device.level, sigmoid(call.device, x.f32(), y.f32(), x.elements()));
}

void run_sigmoid_gradient(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &y = call.in(0), &dy = call.in(1), &dx = call.out(0);
  call.expect_same(y, dy, "gradient");
  call.expect_same(y, dx, "result");
  if (y.type != DataType::f32) call.fail("y", "f32", describe(y));
  CDLM_CALL(call.device.level, sigmoid_gradient(call.device, y.f32(), dy.f32(), dx.f32(), y.elements()));
}

void run_counterfactual_effect(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &a = call.in(0), &b = call.in(1), &tau = call.in(2), &y = call.out(0);
  expect_matrix(call, a, "factual scores");
  if (a.columns() < 1) call.fail("number of tags", "at least 1", "0");
  call.expect_same(a, b, "counterfactual scores");
  call.expect(tau, "tau", DataType::f32, {1});
  call.expect_same(a, y, "result");
  CDLM_CALL(call.device.level,
            counterfactual_effect(call.device, a.f32(), b.f32(), tau.f32(),
                                  call.attributes.flag("sparesFirst"), y.f32(), a.rows(), a.columns()));
}

}  // namespace

CDLM_OP("concatColumns", run_concat_columns);
CDLM_OP("splitColumns", run_split_columns);
CDLM_OP("scaleRows", run_scale_rows);
CDLM_OP("rowDots", run_row_dots);
CDLM_OP("sigmoid", run_sigmoid);
CDLM_OP("sigmoidGradient", run_sigmoid_gradient);
CDLM_OP("counterfactualEffect", run_counterfactual_effect);

}  // namespace cdlm
