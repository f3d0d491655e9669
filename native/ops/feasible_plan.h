// Rounding of a plan whose iterations ended before its sums were right (Altschuler, Weed and Rigollet 2017,
// algorithm 2), for kernel files: it moves as little mass as the sums were wrong.
#pragma once

#include "ops/double_rows.h"

namespace cdlm {
namespace CDLM_LEVEL {

CDLM_INLINE double row_sum(const DoubleMatrix& x, int64_t i) {
  return sum_of_doubles(x.stride, [&](int64_t j) { return load(x.row(i) + j); });
}

// x = Σ of the plan's rows; x: [1, m].
static inline void sum_columns_of(const DoubleMatrix& plan, const DoubleMatrix& x) {
  for (int64_t j = 0; j < x.stride; j++) x.data[j] = 0;
  for (int64_t i = 0; i < plan.rows; i++)
    each_doubles(plan.stride,
                 [&](int64_t j) { store(x.data + j, load(x.data + j) + load(plan.row(i) + j)); });
}

// What a sum that is too large is multiplied by; NaN stays in the plan.
CDLM_INLINE double share_of(double wanted, double sum) { return sum > wanted ? wanted / sum : 1.0; }

// Gives the plan [n, m] the row sums p [n] and the column sums q [m]: sums that are too large shrink, and
// what rows and columns then lack is spread by the product of the two. missing: [1, m], scratch.
static inline void make_feasible(const DoubleMatrix& plan, const float* p, const float* q,
                                 const DoubleMatrix& missing) {
  const int64_t m = plan.columns;
  for (int64_t i = 0; i < plan.rows; i++) {
    const Doubles share = broadcast(share_of(p[i], row_sum(plan, i)));
    each_doubles(plan.stride, [&](int64_t j) { store(plan.row(i) + j, share * load(plan.row(i) + j)); });
  }
  sum_columns_of(plan, missing);
  for (int64_t j = 0; j < m; j++) missing.data[j] = share_of(q[j], missing.data[j]);
  for (int64_t i = 0; i < plan.rows; i++)
    each_doubles(plan.stride,
                 [&](int64_t j) { store(plan.row(i) + j, load(missing.data + j) * load(plan.row(i) + j)); });
  sum_columns_of(plan, missing);
  double total = 0;
  for (int64_t j = 0; j < m; j++) total += missing.data[j] = q[j] - missing.data[j];
  if (!(total > 0)) return;
  for (int64_t i = 0; i < plan.rows; i++) {
    const Doubles lack = broadcast((p[i] - row_sum(plan, i)) / total);
    each_doubles(plan.stride, [&](int64_t j) {
      store(plan.row(i) + j, load(plan.row(i) + j) + lack * load(missing.data + j));
    });
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
