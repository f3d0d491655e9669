// A scaled plan P = diag(u) K diag(v) with K = e^(logits + f + g), for kernel files: the state of Sinkhorn's
// iteration on one problem (scaling_loop.h). Logits and the potentials f and g are float64, u, v and K
// float32.
#pragma once

#include "ops/double_rows.h"
#include "ops/logarithm.h"

namespace cdlm {
namespace CDLM_LEVEL {

// One side of the problem: its nodes are the rows of the plan, or its columns. Padding has weight 0: its
// potential is -∞, and its target and the sum it is divided by are 1, which leaves its scale at 1.
struct Side {
  int64_t count, stride;
  const float* weights;   // [count]
  double* potential;      // [stride]
  float *scale, *next;    // u or v, and its next value: [stride]
  float *target, *added;  // what sums should be, and what is added to them: [stride]
  static int64_t floats(int64_t stride) { return 6 * stride; }
  Side(float*& memory, int64_t count_)
      : count(count_), stride(DoubleMatrix::padded(count_)), weights(nullptr) {
    potential = reinterpret_cast<double*>(memory);
    scale = memory + 2 * stride;
    next = scale + stride;
    target = next + stride;
    added = target + stride;
    memory += floats(stride);
  }
};

struct Scaling {
  DoubleMatrix logits;     // [n, m]; the caller fills it
  DoubleMatrix exponents;  // [1, m]: scratch
  Side rows, columns;
  float *kernel, *turned;  // K [n, columns.stride] and its transpose [m, rows.stride]

  static int64_t floats(int64_t n, int64_t m) {
    const int64_t n_stride = DoubleMatrix::padded(n), m_stride = DoubleMatrix::padded(m);
    return DoubleMatrix::floats(n + 1, m) + Side::floats(n_stride) + Side::floats(m_stride) + n * m_stride +
           m * n_stride;
  }
  Scaling(float* memory, int64_t n, int64_t m)
      : logits(memory, n, m), exponents(memory, 1, m), rows(memory, n), columns(memory, m) {
    kernel = memory;
    turned = kernel + n * columns.stride;
  }
};

static inline void start_side(Side& side, const float* weights) {
  side.weights = weights;
  for (int64_t i = 0; i < side.stride; i++) {
    const bool counts = i < side.count && weights[i] > 0;
    side.potential[i] = counts ? 0.0 : -INFINITY;
    side.target[i] = counts ? weights[i] : 1.0f;
    side.added[i] = counts ? 0.0f : 1.0f;
  }
}

// Starts a problem with potentials 0; logits are filled, and take_kernel called, afterwards.
static inline void start_scaling(Scaling& x, const float* p, const float* q) {
  start_side(x.rows, p);
  start_side(x.columns, q);
}

// K = e^(logits + f + g), u = v = 1.
static inline void take_kernel(const Scaling& x) {
  const int64_t n = x.rows.count, m = x.columns.count, m_stride = x.columns.stride;
  const double* g = x.columns.potential;
  double* exponents = x.exponents.data;
  for (int64_t i = 0; i < n; i++) {
    const Doubles f = broadcast(x.rows.potential[i]);
    each_doubles(m_stride,
                 [&](int64_t j) { store(exponents + j, load(x.logits.row(i) + j) + f + load(g + j)); });
    float* row = x.kernel + i * m_stride;
    exponentials_of_doubles(exponents, row, m_stride);
    for (int64_t j = 0; j < m; j++) x.turned[j * x.rows.stride + i] = row[j];
  }
  for (int64_t j = 0; j < m; j++)
    for (int64_t i = n; i < x.rows.stride; i++) x.turned[j * x.rows.stride + i] = 0.0f;
  for (int64_t i = 0; i < x.rows.stride; i++) x.rows.scale[i] = 1.0f;
  for (int64_t j = 0; j < m_stride; j++) x.columns.scale[j] = 1.0f;
}

// potential += log scale; K no longer fits.
static inline void absorb(const Side& side) {
  float logs[W];
  for (int64_t i = 0; i < side.stride; i += W) {
    store(logs, log(load(side.scale + i)));
    for (int l = 0; l < W; l++) side.potential[i + l] += logs[l];
  }
}
static inline void absorb(const Scaling& x) {
  absorb(x.rows);
  absorb(x.columns);
}

// Entries j … of row i of the plan.
CDLM_INLINE Doubles plan_entries(const Scaling& x, int64_t i, int64_t j) {
  const Doubles kernel = widen(x.kernel + i * x.columns.stride + j);
  return broadcast(static_cast<double>(x.rows.scale[i])) * kernel * widen(x.columns.scale + j);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
