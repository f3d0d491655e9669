// Rounding of a plan whose iterations ended before its sums were right (Altschuler, Weed and Rigollet 2017,
// algorithm 2), by one block, for .cu files: it moves as little mass as the sums were wrong.
#pragma once

#include "cuda/log_sinkhorn.h"

namespace cdlm {
namespace cuda {

// What a sum that is too large is multiplied by; NaN stays in the plan.
__device__ inline double share_of(double wanted, double sum) { return sum > wanted ? wanted / sum : 1.0; }

__device__ inline double strided_sum(const double* x, int64_t count, int64_t step) {
  double total = 0;
  for (int64_t k = 0; k < count; k++) total += x[k * step];
  return total;
}

// Gives the plan [n, m] the row sums p [n] and the column sums q [m]: sums that are too large shrink, and
// what rows and columns then lack is spread by the product of the two. rows: [n], columns: [m], scratch.
__device__ inline void make_feasible(double* plan, int64_t n, int64_t m, const float* p, const float* q,
                                     double* rows, double* columns) {
  share_out(n, [&](int64_t i) { rows[i] = share_of(p[i], strided_sum(plan + i * m, m, 1)); });
  share_out(n * m, [&](int64_t k) { plan[k] *= rows[k / m]; });
  share_out(m, [&](int64_t j) { columns[j] = share_of(q[j], strided_sum(plan + j, n, m)); });
  share_out(n * m, [&](int64_t k) { plan[k] *= columns[k % m]; });
  share_out(m, [&](int64_t j) { columns[j] = q[j] - strided_sum(plan + j, n, m); });
  share_out(n, [&](int64_t i) { rows[i] = p[i] - strided_sum(plan + i * m, m, 1); });
  const double total = strided_sum(columns, m, 1);
  if (!(total > 0)) return;
  share_out(n * m, [&](int64_t k) { plan[k] += rows[k / m] / total * columns[k % m]; });
}

}  // namespace cuda
}  // namespace cdlm
