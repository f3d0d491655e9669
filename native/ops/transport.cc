#include "ops/transport.h"

#include <cmath>

#include "ops/op.h"

namespace cdlm {
namespace {

// Each row of weights [problems, n] must be finite, not negative, and have the sum 1.
void check_weights(const OpCall& call, const Tensor& weights, const char* name) {
  const float* values = call.readable(weights);
  for (int64_t row = 0; values != nullptr && row < weights.rows(); row++) {
    double total = 0;
    bool valid = true;
    for (int64_t k = 0; k < weights.columns(); k++) {
      const float weight = values[row * weights.columns() + k];
      valid = valid && weight >= 0;  // false for NaN
      total += weight;
    }
    if (!valid || !(std::abs(total - 1) <= 1e-4))
      call.fail(name, "weights that are not negative and have the sum 1",
                valid ? "the sum " + std::to_string(total) : "a negative weight or NaN");
  }
}

// p [problems, n] and q [problems, m].
Weights check_nodes(const OpCall& call, const Tensor& p, const Tensor& q) {
  call.expect(p, "p", DataType::f32, {p.rows(), p.columns()});
  call.expect(q, "q", DataType::f32, {p.rows(), q.columns()});
  check_weights(call, p, "p");
  check_weights(call, q, "q");
  return {p.rows(), p.columns(), q.columns(), p.f32(), q.f32()};
}

void check_positive(const OpCall& call, const char* name, double value) {
  if (!(value > 0 && std::isfinite(value))) call.fail(name, "a positive number", std::to_string(value));
}

Stopping stopping_of(const OpCall& call, const char* iterations) {
  const Stopping stopping{call.attributes.integer(iterations), call.attributes.number("tolerance"),
                          call.attributes.number("relativeTolerance")};
  check_positive(call, iterations, static_cast<double>(stopping.iterations));
  return stopping;
}

void run_sinkhorn(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &cost = call.in(0), &plan = call.out(0);
  const Weights weights = check_nodes(call, call.in(1), call.in(2));
  call.expect(cost, "cost", DataType::f32, {weights.problems * weights.n, weights.m});
  call.expect_same(cost, plan, "plan");
  const double epsilon = call.attributes.get("epsilon");
  check_positive(call, "ε", epsilon);
  const Stopping stopping = stopping_of(call, "iterations");
  CDLM_CALL(call.device.level, sinkhorn(call.device, weights, cost.f32(), epsilon, stopping, plan.f32()));
}

// K_s and K_t are the first two inputs.
void check_graphs(const OpCall& call, const Weights& weights) {
  call.expect(call.in(0), "source graph", DataType::f32, {weights.problems * weights.n, weights.n});
  call.expect(call.in(1), "target graph", DataType::f32, {weights.problems * weights.m, weights.m});
}

void run_plan(const OpCall& call) {
  call.expect_counts(4, 1);
  const Weights weights = check_nodes(call, call.in(2), call.in(3));
  check_graphs(call, weights);
  const Tensor& plan = call.out(0);
  call.expect(plan, "plan", DataType::f32, {weights.problems * weights.n, weights.m});
  const GromovWasserstein solver{call.in(0).f32(),
                                 call.in(1).f32(),
                                 call.attributes.get("epsilon"),
                                 call.attributes.flag("proximal"),
                                 call.attributes.integer("outerIterations"),
                                 stopping_of(call, "innerIterations")};
  check_positive(call, "ε", solver.epsilon);
  check_positive(call, "outerIterations", static_cast<double>(solver.outer));
  CDLM_CALL(call.device.level, gromov_wasserstein_plan(call.device, weights, solver, plan.f32()));
}

void run_value(const OpCall& call) {
  call.expect_counts(5, 1);
  const Weights weights = check_nodes(call, call.in(3), call.in(4));
  check_graphs(call, weights);
  const Tensor &plan = call.in(2), &values = call.out(0);
  call.expect(plan, "plan", DataType::f32, {weights.problems * weights.n, weights.m});
  call.expect(values, "values", DataType::f32, {weights.problems});
  CDLM_CALL(call.device.level, gromov_wasserstein_value(call.device, weights, call.in(0).f32(),
                                                        call.in(1).f32(), plan.f32(), values.f32()));
}

void run_gradient(const OpCall& call) {
  call.expect_counts(6, 2);
  const Weights weights = check_nodes(call, call.in(3), call.in(4));
  check_graphs(call, weights);
  const Tensor &plan = call.in(2), &d_values = call.in(5);
  call.expect(plan, "plan", DataType::f32, {weights.problems * weights.n, weights.m});
  call.expect(d_values, "gradient", DataType::f32, {weights.problems});
  call.expect_same(call.in(0), call.out(0), "gradient of the source graph");
  call.expect_same(call.in(1), call.out(1), "gradient of the target graph");
  CDLM_CALL(call.device.level,
            gromov_wasserstein_gradient(call.device, weights, call.in(0).f32(), call.in(1).f32(), plan.f32(),
                                        d_values.f32(), call.out(0).f32(), call.out(1).f32()));
}

}  // namespace

CDLM_OP("sinkhorn", run_sinkhorn);
CDLM_OP("gromovWassersteinPlan", run_plan);
CDLM_OP("gromovWassersteinValue", run_value);
CDLM_OP("gromovWassersteinGradient", run_gradient);

}  // namespace cdlm
