#include "ops/label_graph.h"

#include "ops/op.h"

namespace cdlm {
namespace {

void expect_square(const OpCall& call, const Tensor& x, const char* name) {
  call.expect(x, name, DataType::f32, {x.rows(), x.rows()});
}

void run_pairwise_distance(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &distances = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect(distances, "distances", DataType::f32, {x.rows(), x.rows()});
  CDLM_CALL(call.device.level,
            pairwise_distance(call.device, x.f32(), distances.f32(), x.rows(), x.columns()));
}

void run_pairwise_distance_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &x = call.in(0), &distances = call.in(1), &d_distances = call.in(2), &dx = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect(distances, "distances", DataType::f32, {x.rows(), x.rows()});
  call.expect_same(distances, d_distances, "gradient");
  call.expect_same(x, dx, "result");
  CDLM_CALL(call.device.level,
            pairwise_distance_gradient(call.device, x.f32(), distances.f32(), d_distances.f32(), dx.f32(),
                                       x.rows(), x.columns()));
}

void run_off_diagonal_normalise(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  expect_square(call, x, "x");
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, off_diagonal_normalise(call.device, x.f32(), y.f32(), x.rows()));
}

void run_off_diagonal_normalise_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &x = call.in(0), &y = call.in(1), &dy = call.in(2), &dx = call.out(0);
  expect_square(call, x, "x");
  call.expect_same(x, y, "y");
  call.expect_same(x, dy, "gradient");
  call.expect_same(x, dx, "result");
  CDLM_CALL(call.device.level,
            off_diagonal_normalise_gradient(call.device, x.f32(), y.f32(), dy.f32(), dx.f32(), x.rows()));
}

void run_normalised_adjacency(const OpCall& call) {
  call.expect_counts(1, 1);
  const Tensor &distances = call.in(0), &adjacency = call.out(0);
  const float delta = call.attributes.number("delta");
  expect_square(call, distances, "distances");
  call.expect_same(distances, adjacency, "result");
  if (!(delta > 0)) call.fail("delta", "a positive number", std::to_string(delta));
  float* degrees = call.device.worker_scratch(0, static_cast<size_t>(distances.rows()));
  CDLM_CALL(call.device.level, normalised_adjacency(call.device, distances.f32(), delta, degrees,
                                                    adjacency.f32(), distances.rows()));
}

}  // namespace

CDLM_OP("pairwiseDistance", run_pairwise_distance);
CDLM_OP("pairwiseDistanceGradient", run_pairwise_distance_gradient);
CDLM_OP("offDiagonalNormalise", run_off_diagonal_normalise);
CDLM_OP("offDiagonalNormaliseGradient", run_off_diagonal_normalise_gradient);
CDLM_OP("normalisedAdjacency", run_normalised_adjacency);

}  // namespace cdlm
