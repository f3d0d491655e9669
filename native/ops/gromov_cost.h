// The cost of a plan in the Gromov-Wasserstein problem of one pair of graphs, in float64, for kernel files:
// its large parts cancel.
#pragma once

#include "ops/double_rows.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {

struct GromovCost {
  DoubleMatrix source, turned;            // K_s [n, n], K_t' [m, m]
  DoubleMatrix source_part, target_part;  // (K_s∘K_s) p [1, n], (K_t∘K_t) q [1, m]
  DoubleMatrix plan, product, cost;       // Π, K_s Π, G(Π): [n, m]

  static int64_t floats(int64_t n, int64_t m) {
    const auto size = DoubleMatrix::floats;
    return size(n, n) + size(m, m) + size(1, n) + size(1, m) + 3 * size(n, m);
  }
  GromovCost(float* memory, int64_t n, int64_t m)
      : source(memory, n, n),
        turned(memory, m, m),
        source_part(memory, 1, n),
        target_part(memory, 1, m),
        plan(memory, n, m),
        product(memory, n, m),
        cost(memory, n, m) {}
};

// part[i] = Σ_k graph[i, k]² weights[k]; graph: [n, n]; weights: [n].
static inline void set_constant_part(const DoubleMatrix& part, const float* graph, const float* weights) {
  const int64_t n = part.columns;
  for (int64_t i = 0; i < part.stride; i++) {
    part.data[i] = 0;
    for (int64_t k = 0; i < n && k < n; k++) {
      const double value = graph[i * n + k];
      part.data[i] += value * value * weights[k];
    }
  }
}

// Reads the graphs. source: [n, n]; target: [m, m]; p: [n]; q: [m].
static inline void set_graphs(const GromovCost& x, const float* source, const float* target, const float* p,
                              const float* q) {
  read(x.source, source);
  read_transposed(x.turned, target);
  set_constant_part(x.source_part, source, p);
  set_constant_part(x.target_part, target, q);
}

// G(Π) of x.plan.
static inline void take_cost(const GromovCost& x) {
  multiply(x.source, x.plan, x.product);
  multiply(x.product, x.turned, x.cost);
  for (int64_t i = 0; i < x.cost.rows; i++) {
    double* cost = x.cost.row(i);
    const Doubles part = broadcast(x.source_part.data[i]), two = broadcast(2.0);
    each_doubles(x.cost.stride, [&](int64_t j) {
      store(cost + j, part + load(x.target_part.data + j) - two * load(cost + j));
    });
  }
}

// ⟨G(Π), Π⟩.
static inline double value_of(const GromovCost& x) {
  return sum_of_doubles(x.cost.size(),
                        [&](int64_t k) { return load(x.cost.data + k) * load(x.plan.data + k); });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
