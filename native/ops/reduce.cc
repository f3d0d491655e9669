#include "ops/reduce.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void run_sum(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect(y, "result", DataType::f32, {1});
  CDLM_CALL(call.device.level, sum(call.device, x.f32(), y.f32(), x.elements()));
}

void run_sum_rows(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect(y, "result", DataType::f32, {x.columns()});
  CDLM_CALL(call.device.level, sum_rows(call.device, x.f32(), y.f32(), x.rows(), x.columns()));
}

}  // namespace

CDLM_OP("sum", run_sum);
CDLM_OP("sumRows", run_sum_rows);

}  // namespace cdlm
