// The cost of a plan in the Gromov-Wasserstein problem of one pair of graphs, in float64, for kernel files:
// its large parts cancel.
#pragma once

#include "ops/loops.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {

struct GromovCost {
  int64_t n, m;
  double *source, *turned;            // K_s [n, n], K_t' [m, m]
  double *source_part, *target_part;  // (K_s∘K_s) p [n], (K_t∘K_t) q [m]
  double *plan, *product, *cost;      // Π, K_s Π, G(Π): [n, m]

  static int64_t floats(int64_t n, int64_t m) { return 2 * (n * n + m * m + n + m + 3 * n * m); }
  GromovCost(float* memory, int64_t n_, int64_t m_) : n(n_), m(m_) {
    source = reinterpret_cast<double*>(memory);
    turned = source + n * n;
    source_part = turned + m * m;
    target_part = source_part + n;
    plan = target_part + m;
    product = plan + n * m;
    cost = product + n * m;
  }
};

// Reads the graphs. source: [n, n]; target: [m, m]; p: [n]; q: [m].
static inline void set_graphs(GromovCost& x, const float* source, const float* target, const float* p,
                              const float* q) {
  for (int64_t i = 0; i < x.n; i++) {
    x.source_part[i] = 0;
    for (int64_t k = 0; k < x.n; k++) {
      const double value = x.source[i * x.n + k] = source[i * x.n + k];
      x.source_part[i] += value * value * p[k];
    }
  }
  for (int64_t j = 0; j < x.m; j++) {
    x.target_part[j] = 0;
    for (int64_t l = 0; l < x.m; l++) {
      const double value = x.turned[l * x.m + j] = target[j * x.m + l];
      x.target_part[j] += value * value * q[l];
    }
  }
}

// c += a b; a: [rows, inner], b: [inner, columns], c: [rows, columns].
static inline void add_product(const double* a, const double* b, double* c, int64_t rows, int64_t inner,
                               int64_t columns) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t k = 0; k < inner; k++) {
      const double factor = a[i * inner + k];
      for (int64_t j = 0; j < columns; j++) c[i * columns + j] += factor * b[k * columns + j];
    }
}

// G(Π) of x.plan.
static inline void take_cost(GromovCost& x) {
  for (int64_t k = 0; k < x.n * x.m; k++) x.product[k] = x.cost[k] = 0;
  add_product(x.source, x.plan, x.product, x.n, x.n, x.m);
  add_product(x.product, x.turned, x.cost, x.n, x.m, x.m);
  for (int64_t i = 0; i < x.n; i++)
    for (int64_t j = 0; j < x.m; j++)
      x.cost[i * x.m + j] = x.source_part[i] + x.target_part[j] - 2 * x.cost[i * x.m + j];
}

// ⟨G(Π), Π⟩.
static inline double value_of(const GromovCost& x) {
  double total = 0;
  for (int64_t k = 0; k < x.n * x.m; k++) total += x.cost[k] * x.plan[k];
  return total;
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
