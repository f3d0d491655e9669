#include "ops/layer_norm.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void run_layer_norm(const OpCall& call) {
  call.expect_counts(3, 2);
  const Tensor &x = call.in(0), &gamma = call.in(1), &beta = call.in(2), &y = call.out(0),
               &statistics = call.out(1);
  const int64_t rows = x.rows(), d = x.columns();
  call.expect(x, "x", DataType::f32, {rows, d});
  call.expect(gamma, "γ", DataType::f32, {d});
  call.expect(beta, "β", DataType::f32, {d});
  call.expect_same(x, y, "result");
  call.expect(statistics, "statistics", DataType::f32, {rows, 2});
  const float epsilon = call.attributes.number("epsilon");
  CDLM_CALL(call.device.level, layer_norm(call.device, x.f32(), gamma.f32(), beta.f32(), epsilon, y.f32(),
                                          statistics.f32(), rows, d));
}

void run_layer_norm_gradient(const OpCall& call) {
  call.expect_counts(4, 3);
  const Tensor &x = call.in(0), &gamma = call.in(1), &statistics = call.in(2), &dy = call.in(3),
               &dx = call.out(0);
  const int64_t rows = x.rows(), d = x.columns();
  call.expect(x, "x", DataType::f32, {rows, d});
  call.expect(gamma, "γ", DataType::f32, {d});
  call.expect(statistics, "statistics", DataType::f32, {rows, 2});
  call.expect_same(x, dy, "gradient");
  call.expect_same(x, dx, "result");
  call.expect(call.out(1), "gradient of γ", DataType::f32, {d});
  call.expect(call.out(2), "gradient of β", DataType::f32, {d});
  CDLM_CALL(call.device.level,
            layer_norm_gradient(call.device, x.f32(), gamma.f32(), statistics.f32(), dy.f32(), dx.f32(),
                                call.out(1).f32(), call.out(2).f32(), rows, d));
}

}  // namespace

CDLM_OP("layerNorm", run_layer_norm);
CDLM_OP("layerNormGradient", run_layer_norm_gradient);

}  // namespace cdlm
