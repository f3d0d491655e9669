// The cost of a plan in the Gromov-Wasserstein problem of one pair of graphs, by one block and in float64,
// for .cu files: its large parts cancel.
#pragma once

#include "cuda/log_sinkhorn.h"

namespace cdlm {
namespace cuda {

// c [rows, columns] = a [rows, inner] · b, entry (k, j) of b at k · b_row + j · b_column.
template <typename A, typename B>
__device__ inline void multiply_small(int64_t rows, int64_t columns, int64_t inner, const A* a, const B* b,
                                      int64_t b_row, int64_t b_column, double* c) {
  share_out(rows * columns, [&](int64_t at) {
    const A* row = a + at / columns * inner;
    const B* column = b + at % columns * b_column;
    double total = 0;
    for (int64_t k = 0; k < inner; k++) total += double{row[k]} * column[k * b_row];
    c[at] = total;
  });
}

struct GromovCost {
  int64_t n, m;
  const float *source, *target;       // K_s [n, n], K_t [m, m]
  double *source_part, *target_part;  // (K_s∘K_s) p [n], (K_t∘K_t) q [m]
  double *plan, *product, *cost;      // Π, K_s Π, G(Π): [n, m]
  double* sums;                       // kWarps doubles for block_sum

  static int64_t doubles(int64_t n, int64_t m) { return n + m + 3 * n * m + kWarps; }
  __device__ GromovCost(double* memory, const Weights& weights, int64_t problem, const float* sources,
                        const float* targets)
      : n(weights.n),
        m(weights.m),
        source(sources + problem * n * n),
        target(targets + problem * m * m),
        source_part(memory),
        target_part(source_part + n),
        plan(target_part + m),
        product(plan + n * m),
        cost(product + n * m),
        sums(cost + n * m) {
    set_part(source_part, source, weights.p + problem * n, n);
    set_part(target_part, target, weights.q + problem * m, m);
  }

  // part[i] = Σ_k graph[i, k]² weights[k].
  __device__ static void set_part(double* part, const float* graph, const float* weights, int64_t n) {
    share_out(n, [&](int64_t i) {
      part[i] = 0;
      for (int64_t k = 0; k < n; k++) part[i] += double{graph[i * n + k]} * graph[i * n + k] * weights[k];
    });
  }

  __device__ void take_cost() const {
    multiply_small(n, m, n, source, plan, m, 1, product);
    multiply_small(n, m, m, product, target, 1, m, cost);
    share_out(n * m, [&](int64_t k) { cost[k] = constant(k) - 2 * cost[k]; });
  }

  // The part of the cost that does not depend on the plan.
  __device__ double constant(int64_t k) const { return source_part[k / m] + target_part[k % m]; }

  // Σ term(k) · Π over the entries of the plan, in every thread.
  template <typename F>
  __device__ double sum_over_plan(const F& term) const {
    double total = 0;
    for (int64_t k = threadIdx.x; k < n * m; k += kThreads) total += term(k) * plan[k];
    return block_sum(total, sums);
  }
  __device__ double value() const {
    return sum_over_plan([&](int64_t k) { return cost[k]; });
  }
};

}  // namespace cuda
}  // namespace cdlm
