// Sinkhorn's iteration on one problem by one block, in the log domain and float64, for .cu files: the plan is
// e^(logits + f + g).
#pragma once

#include "cuda/reduce.h"
#include "ops/transport.h"

namespace cdlm {
namespace cuda {

// Memory of one problem is shared where a block may have that much, else the device's scratch.
constexpr size_t kMostSharedDoubles = 96 * 1024 / sizeof(double);

// f(problem, memory of `doubles`) for every problem, by a block each.
template <typename F>
void each_problem(const Cuda& cuda, const char* name, int64_t problems, int64_t doubles, F f) {
  const auto size = static_cast<size_t>(doubles);
  if (size <= kMostSharedDoubles) return each_block(cuda, name, problems, size, f);
  double* scratch = cuda.scratch_doubles(size * static_cast<size_t>(problems));
  each_block(cuda, name, problems, 0,
             [=] __device__(int64_t problem, double*) { f(problem, scratch + problem * doubles); });
}

// f(k) for k = 0 … n - 1 by the threads of a block, which wait for each other afterwards.
template <typename F>
__device__ inline void share_out(int64_t n, const F& f) {
  for (int64_t k = threadIdx.x; k < n; k += kThreads) f(k);
  __syncthreads();
}

// f(i, lane) for i = 0 … n - 1 by the warps of a block, which wait for each other afterwards.
template <typename F>
__device__ inline void share_out_to_warps(int64_t n, const F& f) {
  for (int64_t i = threadIdx.x / kWarp; i < n; i += kWarps) f(i, static_cast<int>(threadIdx.x % kWarp));
  __syncthreads();
}

struct LogSinkhorn {
  int64_t n, m;
  const float *p, *q;      // [n], [m]; a node of weight 0 is padding: its potential is -∞
  double *logits, *f, *g;  // [n, m], [n], [m]
  double* misses;          // [n]: how much the sum of a row misses its weight
  double* sums;            // kWarps doubles for block_sum

  static int64_t doubles(int64_t n, int64_t m) { return n * m + 2 * n + m + kWarps; }
  __device__ LogSinkhorn(double* memory, const Weights& weights, int64_t problem)
      : n(weights.n),
        m(weights.m),
        p(weights.p + problem * n),
        q(weights.q + problem * m),
        logits(memory),
        f(logits + n * m),
        g(f + n),
        misses(g + m),
        sums(misses + n) {}

  __device__ void clear_potentials() const {
    share_out(n, [&](int64_t i) { f[i] = p[i] > 0 ? 0.0 : -INFINITY; });
    share_out(m, [&](int64_t j) { g[j] = q[j] > 0 ? 0.0 : -INFINITY; });
  }

  __device__ double entry(int64_t k) const { return exp(logits[k] + f[k / m] + g[k % m]); }

  // New f, and how well the old one fitted.
  __device__ bool update_rows(const Stopping& stopping) const {
    share_out_to_warps(n, [&](int64_t i, int lane) {
      if (!(p[i] > 0)) {
        if (lane == 0) misses[i] = 0;
        return;
      }
      const double sum = warp_log_sum(m, lane, [&](int64_t j) { return logits[i * m + j] + g[j]; });
      if (lane != 0) return;
      misses[i] = fabs(exp(f[i] + sum) - p[i]);
      f[i] = log(double{p[i]}) - sum;
    });
    double total = 0;
    bool fits = true;
    for (int64_t i = 0; i < n; i++) {
      total += misses[i];
      fits = fits && misses[i] <= double{stopping.relative} * p[i];
    }
    __syncthreads();
    return fits && total <= stopping.absolute;
  }

  __device__ void update_columns() const {
    share_out_to_warps(m, [&](int64_t j, int lane) {
      if (!(q[j] > 0)) return;
      const double sum = warp_log_sum(n, lane, [&](int64_t i) { return logits[i * m + j] + f[i]; });
      if (lane == 0) g[j] = log(double{q[j]}) - sum;
    });
  }

  // Iterates until the rule says stop: then f and g are those that fit.
  __device__ void run(const Stopping& stopping) const {
    for (int64_t k = 0; k < stopping.iterations; k++) {
      const bool fits = update_rows(stopping);
      if (k > 0 && fits) return;
      update_columns();
    }
  }
};

}  // namespace cuda
}  // namespace cdlm
