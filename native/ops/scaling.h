// Sinkhorn's iteration on one problem, for kernel files: P = diag(u) K diag(v) with K = e^(logits + f + g).
//
// u and v are float32 and K is fixed, so an iteration costs two small products. Before u or v leave the range
// in which that is exact, they move into the potentials f and g (float64), K is taken anew, and the iteration
// is repeated with logarithms: the iterates are those of the log-domain algorithm (Schmitzer 2019, sections 3
// and 4) at the price of the plain one.
#pragma once

#include "ops/columns.h"
#include "ops/loops.h"
#include "ops/row_product.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {

// With u and v in this range, entries of K that were flushed at 1e-38 are worth less than 1e-18 in the plan.
constexpr float kSmallestScale = 1e-10f, kLargestScale = 1e10f;

struct Scaling {
  int64_t n, m, n_stride, m_stride;
  const float *p, *q;      // [n], [m]
  double *logits, *f, *g;  // [n, m], [n], [m]; the caller fills logits
  float *kernel, *turned;  // K [n, m_stride] and its transpose [m, n_stride]
  float *u, *next_u, *v, *next_v;
  // Targets of rows and columns, and what is added to their sums. Padding has weight 0: its target and its
  // sum are 1, which leaves its scale at 1.
  float *rows, *added_rows, *columns, *added_columns;

  static int64_t whole(int64_t extent) { return blocks_of(extent, W) * W; }
  static int64_t floats(int64_t n, int64_t m) {
    return 2 * (n * m + n + m) + n * whole(m) + m * whole(n) + 4 * (whole(n) + whole(m));
  }
  Scaling(float* memory, int64_t n_, int64_t m_)
      : n(n_), m(m_), n_stride(whole(n_)), m_stride(whole(m_)), p(nullptr), q(nullptr) {
    logits = reinterpret_cast<double*>(memory);
    f = logits + n * m;
    g = f + n;
    kernel = reinterpret_cast<float*>(g + m);
    turned = kernel + n * m_stride;
    u = turned + m * n_stride;
    next_u = u + n_stride;
    rows = next_u + n_stride;
    added_rows = rows + n_stride;
    v = added_rows + n_stride;
    next_v = v + m_stride;
    columns = next_v + m_stride;
    added_columns = columns + m_stride;
  }
};

static inline void set_targets(const float* weights, int64_t extent, int64_t stride, float* target,
                               float* added) {
  for (int64_t i = 0; i < stride; i++) {
    const bool counts = i < extent && weights[i] > 0;
    target[i] = counts ? weights[i] : 1.0f;
    added[i] = counts ? 0.0f : 1.0f;
  }
}

// K = e^(logits + f + g), u = v = 1.
static inline void take_kernel(Scaling& x) {
  for (int64_t k = 0; k < x.m * x.n_stride; k++) x.turned[k] = 0.0f;
  for (int64_t i = 0; i < x.n; i++) {
    float* row = x.kernel + i * x.m_stride;
    for (int64_t j = 0; j < x.m_stride; j++) row[j] = 0.0f;
    if (!(x.p[i] > 0)) continue;
    for (int64_t j = 0; j < x.m; j++) {
      const double exponent = x.logits[i * x.m + j] + x.f[i] + x.g[j];
      const bool counts = x.q[j] > 0 && !(exponent < -87.0);
      row[j] = x.turned[j * x.n_stride + i] = counts ? static_cast<float>(std::exp(exponent)) : 0.0f;
    }
  }
  for (int64_t i = 0; i < x.n_stride; i++) x.u[i] = 1.0f;
  for (int64_t j = 0; j < x.m_stride; j++) x.v[j] = 1.0f;
}

// Starts a problem with potentials 0; logits are filled, and take_kernel called, afterwards.
static inline void start_scaling(Scaling& x, const float* p, const float* q) {
  x.p = p;
  x.q = q;
  set_targets(p, x.n, x.n_stride, x.rows, x.added_rows);
  set_targets(q, x.m, x.m_stride, x.columns, x.added_columns);
  for (int64_t i = 0; i < x.n; i++) x.f[i] = 0;
  for (int64_t j = 0; j < x.m; j++) x.g[j] = 0;
}

// f += log u, g += log v; K no longer fits.
static inline void absorb(Scaling& x) {
  for (int64_t i = 0; i < x.n; i++) x.f[i] += std::log(static_cast<double>(x.u[i]));
  for (int64_t j = 0; j < x.m; j++) x.g[j] += std::log(static_cast<double>(x.v[j]));
}

// log Σ e^(row[k · step] + potential[k]) over the k of positive weight.
static inline double log_sum(const double* row, int64_t step, const double* potential, const float* weights,
                             int64_t count) {
  double top = -INFINITY, total = 0;
  for (int64_t k = 0; k < count; k++)
    if (weights[k] > 0 && row[k * step] + potential[k] > top) top = row[k * step] + potential[k];
  for (int64_t k = 0; k < count; k++)
    if (weights[k] > 0) total += std::exp(row[k * step] + potential[k] - top);
  return top + std::log(total);
}

// One iteration with logarithms, from the potentials.
static inline void iterate_in_logs(Scaling& x) {
  for (int64_t i = 0; i < x.n; i++)
    if (x.p[i] > 0)
      x.f[i] = std::log(static_cast<double>(x.p[i])) - log_sum(x.logits + i * x.m, 1, x.g, x.q, x.m);
  for (int64_t j = 0; j < x.m; j++)
    if (x.q[j] > 0)
      x.g[j] = std::log(static_cast<double>(x.q[j])) - log_sum(x.logits + j, x.m, x.f, x.p, x.n);
  take_kernel(x);
}

// scale = target / (scale + added), where scale holds sums before; false if a scale is out of range.
CDLM_INLINE bool divide_targets(const float* target, const float* added, float* scale, int64_t stride) {
  Vec high = zero(), low = zero();
  for (int64_t j = 0; j < stride; j += W) {
    const Vec sum = load(scale + j) + load(added + j), goal = load(target + j);
    store(scale + j, goal / sum);
    high = maximum(goal / sum, high);
    low = maximum(sum / goal, low);
  }
  // NaN passes: it comes from the input and spreads to the whole plan, where it is seen.
  return largest(high) <= kLargestScale && largest(low) <= 1 / kSmallestScale;
}

// True if the row sums u ∘ (sums + added) are those wanted. sums: K v.
CDLM_INLINE bool rows_fit(const Scaling& x, const float* sums, const Stopping& stopping) {
  Vec total = zero(), worst = zero();
  for (int64_t j = 0; j < x.n_stride; j += W) {
    const Vec wanted = load(x.rows + j);
    const Vec miss = absolute(load(x.u + j) * (load(sums + j) + load(x.added_rows + j)) - wanted);
    total += miss;
    worst = maximum(miss / wanted, worst);
  }
  return sum(total) <= stopping.absolute && largest(worst) <= stopping.relative;
}

static inline void swap(float*& a, float*& b) {
  float* kept = a;
  a = b;
  b = kept;
}

// Iterates until the rule says stop; take_kernel was called before.
static inline void run_scaling(Scaling& x, const Stopping& stopping) {
  for (int64_t k = 0; k < stopping.iterations; k++) {
    multiply_row(x.v, x.turned, x.next_u, x.m, x.n_stride);
    if (k > 0 && rows_fit(x, x.next_u, stopping)) return;
    bool exact = divide_targets(x.rows, x.added_rows, x.next_u, x.n_stride);
    if (exact) {
      multiply_row(x.next_u, x.kernel, x.next_v, x.n, x.m_stride);
      exact = divide_targets(x.columns, x.added_columns, x.next_v, x.m_stride);
    }
    if (exact) {
      swap(x.u, x.next_u);
      swap(x.v, x.next_v);
    } else {
      absorb(x);
      iterate_in_logs(x);
    }
  }
}

// One entry of the plan.
CDLM_INLINE double plan_entry(const Scaling& x, int64_t i, int64_t j) {
  return static_cast<double>(x.u[i]) * x.kernel[i * x.m_stride + j] * x.v[j];
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
