#include "ops/row_max.h"

#include "ops/copy.h"
#include "ops/op.h"

namespace cdlm {
namespace {

RowMax checked(const OpCall& call) {
  const Tensor& x = call.in(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  const int64_t first = call.attributes.integer("first");
  if (first < 0 || first >= x.columns())
    call.fail("first column", "0 … " + std::to_string(x.columns() - 1), std::to_string(first));
  return {x.f32(), x.rows(), x.columns(), first};
}

void run_row_max(const OpCall& call) {
  call.expect_counts(1, 1);
  const RowMax max = checked(call);
  call.expect(call.out(0), "result", DataType::f32, {max.rows, 1});
  CDLM_CALL(call.device.level, row_max(call.device, max, call.out(0).f32()));
}

void run_row_max_gradient(const OpCall& call) {
  call.expect_counts(2, 1);
  const RowMax max = checked(call);
  call.expect(call.in(1), "gradient", DataType::f32, {max.rows, 1});
  call.expect_same(call.in(0), call.out(0), "result");
  CDLM_CALL(call.device.level, row_max_gradient(call.device, max, call.in(1).f32(), call.out(0).f32()));
}

void run_detach(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect_same(x, y, "result");
  if (x.type != DataType::f32) call.fail("x", "f32", describe(x));
  CDLM_CALL(call.device.level, copy(call.device, x.data, y.data, x.elements()));
}

}  // namespace

CDLM_OP("rowMax", run_row_max);
CDLM_OP("rowMaxGradient", run_row_max_gradient);
CDLM_OP("detach", run_detach);

}  // namespace cdlm
