// Sinkhorn's iteration on one problem, for kernel files.
//
// u and v are float32 and K is fixed, so an iteration costs two small products. Before u or v leave the range
// in which that is exact, they move into the potentials, K is taken anew, and the iteration is repeated with
// logarithms: the iterates are those of the log-domain algorithm (Schmitzer 2019, sections 3 and 4) at the
// price of the plain one.
#pragma once

#include "ops/columns.h"
#include "ops/row_product.h"
#include "ops/scaling.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {

// With u and v in this range, entries of K that were flushed at 1e-38 are worth less than 1e-18 in the plan.
constexpr float kSmallestScale = 1e-10f, kLargestScale = 1e10f;

// What an update of a side finds.
struct Findings {
  Vec high = zero(), low = broadcast(INFINITY);  // among the new scales
  Vec total = zero(), beyond = zero();           // Σ misses of the old ones, and what exceeds `relative`
};

// side.next from the scales of the other side, `others` [count]. kernel: [count, side.stride].
CDLM_INLINE Findings update(const Side& side, const float* others, int64_t count, const float* kernel,
                            float relative) {
  Findings found;
  const Vec share = broadcast(relative);
  multiply_row(others, kernel, count, side.stride, [&](int64_t j, Vec product) {
    const Vec sum = product + load(side.added + j), goal = load(side.target + j), next = goal / sum;
    store(side.next + j, next);
    // NaN passes: it comes from the input and spreads to the whole plan, where it is seen.
    found.high = maximum(next, found.high);
    found.low = minimum(next, found.low);
    const Vec miss = absolute(load(side.scale + j) * sum - goal);
    found.total += miss;
    found.beyond = maximum(miss - share * goal, found.beyond);
  });
  return found;
}

CDLM_INLINE bool in_range(const Findings& found) {
  return !any(less(broadcast(kLargestScale), found.high)) && !any(less(found.low, broadcast(kSmallestScale)));
}

CDLM_INLINE bool fits(const Findings& found, const Stopping& stopping) {
  return !any(less(zero(), found.beyond)) && sum(found.total) <= stopping.absolute;
}

CDLM_INLINE void accept(Side& side) {
  float* kept = side.scale;
  side.scale = side.next;
  side.next = kept;
}

// f = log p - log Σ_j e^(logits + g).
static inline void update_rows_in_logs(const Scaling& x) {
  const int64_t stride = x.columns.stride;
  double* exponents = x.exponents.data;
  for (int64_t i = 0; i < x.rows.count; i++) {
    if (!(x.rows.weights[i] > 0)) continue;
    const double *logits = x.logits.row(i), *g = x.columns.potential;
    double top = -INFINITY;
    for (int64_t j = 0; j < stride; j++) {
      exponents[j] = logits[j] + g[j];
      top = exponents[j] > top ? exponents[j] : top;
    }
    for (int64_t j = 0; j < stride; j++) exponents[j] -= top;
    exponentials_of_doubles(exponents, x.columns.next, stride);
    const float total = sum_columns(stride, [&](int64_t j, auto) { return load(x.columns.next + j); });
    x.rows.potential[i] =
        std::log(static_cast<double>(x.rows.weights[i])) - top - std::log(static_cast<double>(total));
  }
}

// g = log q - log Σ_i e^(logits + f).
static inline void update_columns_in_logs(const Scaling& x) {
  const int64_t stride = x.columns.stride;
  double *exponents = x.exponents.data, *g = x.columns.potential;
  float *terms = x.columns.next, *totals = x.columns.scale;
  for (int64_t j = 0; j < stride; j++) {
    g[j] = -INFINITY;  // the largest exponent of the column, for now
    totals[j] = 0.0f;
  }
  for (int64_t i = 0; i < x.rows.count; i++) {
    const double *logits = x.logits.row(i), f = x.rows.potential[i];
    for (int64_t j = 0; j < stride; j++) g[j] = logits[j] + f > g[j] ? logits[j] + f : g[j];
  }
  for (int64_t i = 0; i < x.rows.count; i++) {
    const double *logits = x.logits.row(i), f = x.rows.potential[i];
    for (int64_t j = 0; j < stride; j++) exponents[j] = logits[j] + f - g[j];
    exponentials_of_doubles(exponents, terms, stride);
    for (int64_t j = 0; j < stride; j += W) store(totals + j, load(totals + j) + load(terms + j));
  }
  for (int64_t j = 0; j < stride; j++) {
    const bool counts = j < x.columns.count && x.columns.weights[j] > 0;
    g[j] = counts ? std::log(static_cast<double>(x.columns.weights[j])) - g[j] -
                        std::log(static_cast<double>(totals[j]))
                  : -INFINITY;
  }
}

// Iterates until the rule says stop; take_kernel was called before.
static inline void run_scaling(Scaling& x, const Stopping& stopping) {
  for (int64_t k = 0; k < stopping.iterations; k++) {
    const Findings u = update(x.rows, x.columns.scale, x.columns.count, x.turned, stopping.relative);
    if (k > 0 && fits(u, stopping)) return;
    const Findings v = update(x.columns, x.rows.next, x.rows.count, x.kernel, stopping.relative);
    if (in_range(u) && in_range(v)) {
      accept(x.rows);
      accept(x.columns);
    } else {
      absorb(x);
      update_rows_in_logs(x);
      update_columns_in_logs(x);
      take_kernel(x);
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
