#include "ops/broadcast.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void run_fill(const OpCall& call) {
  call.expect_counts(0, 1);
  const Tensor& y = call.out(0);
  const float value = call.attributes.number("value");
  CDLM_CALL(call.device.level, fill(call.device, value, y.f32(), y.elements()));
}

void run_expand(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &s = call.in(0), &like = call.in(1), &y = call.out(0);
  call.expect(s, "s", DataType::f32, {1});
  call.expect_same(like, y, "result");
  CDLM_CALL(call.device.level, expand(call.device, s.f32(), y.f32(), y.elements()));
}

void run_expand_rows(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &b = call.in(0), &like = call.in(1), &y = call.out(0);
  call.expect(y, "result", DataType::f32, {y.rows(), y.columns()});
  call.expect(b, "b", DataType::f32, {y.columns()});
  call.expect_same(like, y, "result");
  CDLM_CALL(call.device.level, expand_rows(call.device, b.f32(), y.f32(), y.rows(), y.columns()));
}

void run_add_bias(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &x = call.in(0), &b = call.in(1), &y = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect(b, "b", DataType::f32, {x.columns()});
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, add_bias(call.device, x.f32(), b.f32(), y.f32(), x.rows(), x.columns()));
}

}  // namespace

CDLM_OP("fill", run_fill);
CDLM_OP("expand", run_expand);
CDLM_OP("expandRows", run_expand_rows);
CDLM_OP("addBias", run_add_bias);

}  // namespace cdlm
