#include "ops/feasible_plan.h"
#include "ops/gromov_cost.h"
#include "ops/scaling_loop.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Π = p q', and log Π where it is needed: the logits of nodes of weight 0 may be anything.
void start_from_product(const Scaling& x, const GromovCost& graphs) {
  for (int64_t i = 0; i < graphs.plan.rows; i++)
    for (int64_t j = 0; j < graphs.plan.stride; j++) {
      const bool inside = j < graphs.plan.columns;
      const double entry = inside ? static_cast<double>(x.rows.weights[i]) * x.columns.weights[j] : 0;
      graphs.plan.row(i)[j] = entry;
      x.logits.row(i)[j] = entry > 0 ? std::log(entry) : 0;
    }
}

// The logits of the next step. Entropic: -2 G / ε, from the potentials of the last step, which are near.
void set_entropic_logits(const Scaling& x, const GromovCost& graphs, double epsilon) {
  const Doubles factor = broadcast(-2 / epsilon);
  each_doubles(x.logits.size(),
               [&](int64_t k) { store(x.logits.data + k, factor * load(graphs.cost.data + k)); });
}

// Proximal: log Π - 2 G / ε, where log Π takes the potentials in.
void set_proximal_logits(Scaling& x, const GromovCost& graphs, double epsilon) {
  const Doubles factor = broadcast(-2 / epsilon);
  for (int64_t i = 0; i < x.logits.rows; i++) {
    const Doubles f = broadcast(x.rows.potential[i]);
    double* logits = x.logits.row(i);
    each_doubles(x.logits.stride, [&](int64_t j) {
      const Doubles plan = load(logits + j) + f + load(x.columns.potential + j);
      store(logits + j, plan + factor * load(graphs.cost.row(i) + j));
    });
  }
  start_scaling(x, x.rows.weights, x.columns.weights);
}

// Takes over the plan; returns Σ |change|.
double move_plan(const Scaling& x, const GromovCost& graphs) {
  double moved = 0;
  for (int64_t i = 0; i < graphs.plan.rows; i++) {
    double* plan = graphs.plan.row(i);
    moved += sum_of_doubles(graphs.plan.stride, [&](int64_t j) {
      const Doubles entries = plan_entries(x, i, j), change = absolute(entries - load(plan + j));
      store(plan + j, entries);
      return change;
    });
  }
  return moved;
}

// ⟨k_st, Π⟩, the part of the value that does not depend on how Π couples.
double constant_part(const GromovCost& graphs) {
  double total = 0;
  for (int64_t i = 0; i < graphs.plan.rows; i++)
    total += sum_of_doubles(graphs.plan.stride, [&](int64_t j) {
      const Doubles part = broadcast(graphs.source_part.data[i]) + load(graphs.target_part.data + j);
      return part * load(graphs.plan.row(i) + j);
    });
  return total;
}

void solve(const GromovWasserstein& call, Scaling& x, const GromovCost& graphs) {
  start_from_product(x, graphs);
  double before = 0, moved = INFINITY;
  for (int64_t step = 0; step < call.outer; step++) {
    take_cost(graphs);
    const double value = value_of(graphs);
    if (moved <= call.inner.absolute &&
        std::abs(value - before) <= call.inner.relative * constant_part(graphs))
      return;
    before = value;
    if (call.proximal)
      set_proximal_logits(x, graphs, call.epsilon);
    else
      set_entropic_logits(x, graphs, call.epsilon);
    take_kernel(x);
    run_scaling(x, call.inner);
    moved = move_plan(x, graphs);
    absorb(x);
  }
}

}  // namespace

void gromov_wasserstein_plan(const Device& device, const Weights& weights, const GromovWasserstein& call,
                             float* plan) {
  const int64_t n = weights.n, m = weights.m, of_graphs = GromovCost::floats(n, m);
  const auto floats = static_cast<size_t>(of_graphs + Scaling::floats(n, m));
  reserve_scratch(device, floats);
  for_blocks(device, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    float* memory = device.worker_scratch(worker, floats);
    const float *p = weights.p + problem * n, *q = weights.q + problem * m;
    GromovCost graphs(memory, n, m);
    Scaling x(memory + of_graphs, n, m);
    set_graphs(graphs, call.source + problem * n * n, call.target + problem * m * m, p, q);
    start_scaling(x, p, q);
    solve(call, x, graphs);
    make_feasible(graphs.plan, p, q, x.exponents);
    write(graphs.plan, plan + problem * n * m);
  });
}

void gromov_wasserstein_value(const Device& device, const Weights& weights, const float* source,
                              const float* target, const float* plan, float* values) {
  const int64_t n = weights.n, m = weights.m;
  const auto floats = static_cast<size_t>(GromovCost::floats(n, m));
  reserve_scratch(device, floats);
  for_blocks(device, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    GromovCost graphs(device.worker_scratch(worker, floats), n, m);
    set_graphs(graphs, source + problem * n * n, target + problem * m * m, weights.p + problem * n,
               weights.q + problem * m);
    read(graphs.plan, plan + problem * n * m);
    take_cost(graphs);
    values[problem] = static_cast<float>(value_of(graphs));
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
