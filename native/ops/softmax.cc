#include "ops/softmax.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void run_softmax(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, softmax(call.device, x.f32(), y.f32(), x.rows(), x.columns()));
}

void run_softmax_gradient(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &y = call.in(0), &dy = call.in(1), &dx = call.out(0);
  call.expect(y, "y", DataType::f32, {y.rows(), y.columns()});
  call.expect_same(y, dy, "gradient");
  call.expect_same(y, dx, "result");
  CDLM_CALL(call.device.level,
            softmax_gradient(call.device, y.f32(), dy.f32(), dx.f32(), y.rows(), y.columns()));
}

}  // namespace

CDLM_OP("softmax", run_softmax);
CDLM_OP("softmaxGradient", run_softmax_gradient);

}  // namespace cdlm
