#include "ops/gromov_cost.h"
#include "ops/scaling.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// log Π of the start: log p + log q. Padding takes no part in anything, so its logits may be anything.
void start_from_product(Scaling& x, GromovCost& graphs) {
  for (int64_t i = 0; i < x.n; i++)
    for (int64_t j = 0; j < x.m; j++) {
      const double entry = static_cast<double>(x.p[i]) * x.q[j];
      graphs.plan[i * x.m + j] = entry;
      x.logits[i * x.m + j] = entry > 0 ? std::log(entry) : 0;
    }
}

// The logits of the next step. Entropic: -2 G / ε, from the potentials of the last step, which are near.
// Proximal: log Π - 2 G / ε; log Π takes the potentials in.
void set_logits(Scaling& x, const GromovCost& graphs, bool proximal, double epsilon) {
  for (int64_t i = 0; i < x.n; i++)
    for (int64_t j = 0; j < x.m; j++) {
      double& logit = x.logits[i * x.m + j];
      const double kept = proximal ? logit + x.f[i] + x.g[j] : 0;
      logit = kept - 2 * graphs.cost[i * x.m + j] / epsilon;
    }
  if (!proximal) return;
  for (int64_t i = 0; i < x.n; i++) x.f[i] = 0;
  for (int64_t j = 0; j < x.m; j++) x.g[j] = 0;
}

// Takes over the plan; returns Σ |change|.
double move_plan(const Scaling& x, GromovCost& graphs) {
  double moved = 0;
  for (int64_t i = 0; i < x.n; i++)
    for (int64_t j = 0; j < x.m; j++) {
      const double entry = plan_entry(x, i, j);
      moved += std::abs(entry - graphs.plan[i * x.m + j]);
      graphs.plan[i * x.m + j] = entry;
    }
  return moved;
}

// ⟨k_st, Π⟩, the part of the value that does not depend on how Π couples.
double constant_part(const GromovCost& graphs) {
  double total = 0;
  for (int64_t i = 0; i < graphs.n; i++)
    for (int64_t j = 0; j < graphs.m; j++)
      total += (graphs.source_part[i] + graphs.target_part[j]) * graphs.plan[i * graphs.m + j];
  return total;
}

void solve(const GromovWasserstein& call, Scaling& x, GromovCost& graphs) {
  start_from_product(x, graphs);
  double before = 0, moved = INFINITY;
  for (int64_t step = 0; step < call.outer; step++) {
    take_cost(graphs);
    const double value = value_of(graphs);
    const double allowed = call.inner.relative * constant_part(graphs);
    if (moved <= call.inner.absolute && std::abs(value - before) <= allowed) return;
    before = value;
    set_logits(x, graphs, call.proximal, call.epsilon);
    take_kernel(x);
    run_scaling(x, call.inner);
    moved = move_plan(x, graphs);
    absorb(x);
  }
}

}  // namespace

void gromov_wasserstein_plan(const Cpu& cpu, const Weights& weights, const GromovWasserstein& call,
                             float* plan) {
  const int64_t n = weights.n, m = weights.m, of_graphs = GromovCost::floats(n, m);
  const auto floats = static_cast<size_t>(of_graphs + Scaling::floats(n, m));
  reserve_scratch(cpu, floats);
  for_blocks(cpu, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    float* memory = cpu.worker_scratch(worker, floats);
    const float *p = weights.p + problem * n, *q = weights.q + problem * m;
    GromovCost graphs(memory, n, m);
    Scaling x(memory + of_graphs, n, m);
    set_graphs(graphs, call.source + problem * n * n, call.target + problem * m * m, p, q);
    start_scaling(x, p, q);
    solve(call, x, graphs);
    for (int64_t k = 0; k < n * m; k++) plan[problem * n * m + k] = static_cast<float>(graphs.plan[k]);
  });
}

void gromov_wasserstein_value(const Cpu& cpu, const Weights& weights, const float* source,
                              const float* target, const float* plan, float* values) {
  const int64_t n = weights.n, m = weights.m;
  const auto floats = static_cast<size_t>(GromovCost::floats(n, m));
  reserve_scratch(cpu, floats);
  for_blocks(cpu, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    GromovCost graphs(cpu.worker_scratch(worker, floats), n, m);
    set_graphs(graphs, source + problem * n * n, target + problem * m * m, weights.p + problem * n,
               weights.q + problem * m);
    for (int64_t k = 0; k < n * m; k++) graphs.plan[k] = plan[problem * n * m + k];
    take_cost(graphs);
    values[problem] = static_cast<float>(value_of(graphs));
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
