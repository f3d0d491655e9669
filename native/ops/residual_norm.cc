#include "ops/residual_norm.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void run_residual_norm(const OpCall& call) {
  call.expect_counts(5, 3);
  const Tensor &x = call.in(0), &residual = call.in(1), &gamma = call.in(2), &beta = call.in(3);
  const Tensor &total = call.out(0), &y = call.out(1), &statistics = call.out(2);
  const int64_t rows = x.rows(), d = x.columns();
  call.expect(x, "x", DataType::f32, {rows, d});
  call.expect_same(x, residual, "residual");
  call.expect(gamma, "γ", DataType::f32, {d});
  call.expect(beta, "β", DataType::f32, {d});
  const Dropout dropping = dropout_of(call, call.in(4));
  call.expect_same(x, total, "sum");
  call.expect_same(x, y, "result");
  call.expect(statistics, "statistics", DataType::f32, {rows, 2});
  const float epsilon = call.attributes.number("epsilon");
  CDLM_CALL(call.device.level,
            residual_norm(call.device, x.f32(), residual.f32(), gamma.f32(), beta.f32(), dropping, epsilon,
                          total.f32(), y.f32(), statistics.f32(), rows, d));
}

}  // namespace

CDLM_OP("residualNorm", run_residual_norm);

}  // namespace cdlm
