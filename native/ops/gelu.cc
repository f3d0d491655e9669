#include "ops/gelu.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void run_gelu(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, gelu(call.device, x.f32(), y.f32(), y.elements()));
}

void run_gelu_gradient(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &x = call.in(0), &dy = call.in(1), &dx = call.out(0);
  call.expect_same(x, dy, "operand");
  call.expect_same(x, dx, "result");
  CDLM_CALL(call.device.level, gelu_gradient(call.device, x.f32(), dy.f32(), dx.f32(), dx.elements()));
}

}  // namespace

CDLM_OP("gelu", run_gelu);
CDLM_OP("geluGradient", run_gelu_gradient);

}  // namespace cdlm
