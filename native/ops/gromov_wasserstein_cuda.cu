#include "cuda/feasible_plan.h"
#include "cuda/gromov_cost.h"

namespace cdlm {
namespace cuda {
namespace {

// Π = p q', and log Π where it is needed: the logits of nodes of weight 0 may be anything.
__device__ void start_from_product(const LogSinkhorn& x, const GromovCost& graphs) {
  share_out(x.n * x.m, [&](int64_t k) {
    const double entry = double{x.p[k / x.m]} * x.q[k % x.m];
    graphs.plan[k] = entry;
    x.logits[k] = entry > 0 ? log(entry) : 0;
  });
}

// The logits of the next step. Entropic: -2 G / ε, from the potentials of the last step, which are near.
// Proximal: log Π - 2 G / ε, where log Π takes the potentials in.
__device__ void set_logits(const LogSinkhorn& x, const GromovCost& graphs, double epsilon, bool proximal) {
  share_out(x.n * x.m, [&](int64_t k) {
    const double before = proximal ? x.logits[k] + x.f[k / x.m] + x.g[k % x.m] : 0;
    x.logits[k] = before - 2 / epsilon * graphs.cost[k];
  });
  if (proximal) x.clear_potentials();
}

// Takes over the plan; returns Σ |change|.
__device__ double move_plan(const LogSinkhorn& x, const GromovCost& graphs) {
  double moved = 0;
  for (int64_t k = threadIdx.x; k < x.n * x.m; k += kThreads) {
    const double entry = x.entry(k);
    moved += fabs(entry - graphs.plan[k]);
    graphs.plan[k] = entry;
  }
  return block_sum(moved, graphs.sums);
}

__device__ void solve(const GromovWasserstein& call, const LogSinkhorn& x, const GromovCost& graphs) {
  start_from_product(x, graphs);
  x.clear_potentials();
  double before = 0, moved = INFINITY;
  for (int64_t step = 0; step < call.outer; step++) {
    graphs.take_cost();
    const double value = graphs.value();
    const double scale = graphs.sum_over_plan([&](int64_t k) { return graphs.constant(k); });
    if (moved <= call.inner.absolute && fabs(value - before) <= call.inner.relative * scale) return;
    before = value;
    set_logits(x, graphs, call.epsilon, call.proximal);
    x.run(call.inner);
    moved = move_plan(x, graphs);
  }
}

}  // namespace

void gromov_wasserstein_plan(const Cuda& cuda, const Weights& given, const GromovWasserstein& solver,
                             float* plan) {
  const Weights weights = given;
  const GromovWasserstein call = solver;
  const int64_t n = weights.n, m = weights.m, of_graphs = GromovCost::doubles(n, m);
  each_problem(
      cuda, "gromovWassersteinPlan", weights.problems, of_graphs + LogSinkhorn::doubles(n, m),
      [=] __device__(int64_t problem, double* memory) {
        const GromovCost graphs(memory, weights, problem, call.source, call.target);
        const LogSinkhorn x(memory + of_graphs, weights, problem);
        solve(call, x, graphs);
        make_feasible(graphs.plan, n, m, x.p, x.q, x.f, x.g);
        share_out(n * m, [&](int64_t k) { plan[problem * n * m + k] = static_cast<float>(graphs.plan[k]); });
      });
}

void gromov_wasserstein_value(const Cuda& cuda, const Weights& given, const float* source,
                              const float* target, const float* plan, float* values) {
  const Weights weights = given;
  const int64_t n = weights.n, m = weights.m;
  each_problem(cuda, "gromovWassersteinValue", weights.problems, GromovCost::doubles(n, m),
               [=] __device__(int64_t problem, double* memory) {
                 const GromovCost graphs(memory, weights, problem, source, target);
                 share_out(n * m, [&](int64_t k) { graphs.plan[k] = plan[problem * n * m + k]; });
                 graphs.take_cost();
                 const double value = graphs.value();
                 if (threadIdx.x == 0) values[problem] = static_cast<float>(value);
               });
}

}  // namespace cuda
}  // namespace cdlm
