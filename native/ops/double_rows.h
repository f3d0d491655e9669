// Rows of doubles, padded to whole vectors, for kernel files whose large parts cancel.
#pragma once

#include "cpu/doubles.h"
#include "cpu/vec_math.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

// y = e^x, about 1 ulp: 0 below ln 2^-126 (so e^-inf = 0), 2^127 for whatever is larger; NaN stays NaN. x is
// split in double, so a large x loses no digits. x, y: [n].
CDLM_INLINE void exponentials_of_doubles(const double* x, float* y, int64_t n) {
  constexpr double kToInteger = 6755399441055744.0;  // 1.5 · 2^52: adding it rounds
  float whole[W], rest[W];
  for (int64_t j = 0; j < n; j += W) {
    for (int l = 0; l < W; l++) {
      double value = x[j + l];
      value = value < -100.0 ? -100.0 : value;
      value = value > 88.0 ? 88.0 : value;
      const double k = (value * 1.4426950408889634 + kToInteger) - kToInteger;
      whole[l] = static_cast<float>(k);
      rest[l] = static_cast<float>(value - k * 0.69314718055994531);
    }
    const Vec k = load(whole);
    const Vec power = exp_of_parts(round_to_ints(k), load(rest));
    store(y + j, select(less(k, broadcast(-125.5f)), zero(), power));
  }
}

// Calls f(j) for every vector of doubles of a row; n: whole vectors.
template <typename F>
CDLM_INLINE void each_doubles(int64_t n, const F& f) {
  for (int64_t j = 0; j < n; j += kDoubles) f(j);
}

// Σ of the vectors f(j). Two chains of additions hide their latency.
template <typename F>
CDLM_INLINE double sum_of_doubles(int64_t n, const F& f) {
  Doubles even = broadcast(0.0), odd = broadcast(0.0);
  for (int64_t j = 0; j < n; j += 2 * kDoubles) {
    even += f(j);
    odd += f(j + kDoubles);
  }
  return sum(even + odd);
}

// A matrix of doubles. Rows are `stride` long, a multiple of W; what lies beyond `columns` is 0 unless said.
struct DoubleMatrix {
  double* data;
  int64_t rows, columns, stride;

  static int64_t padded(int64_t columns) { return blocks_of(columns, W) * W; }
  static int64_t floats(int64_t rows, int64_t columns) { return 2 * rows * padded(columns); }
  // Takes its memory from the front of `memory`, and leaves it undefined.
  DoubleMatrix(float*& memory, int64_t rows_, int64_t columns_)
      : data(reinterpret_cast<double*>(memory)), rows(rows_), columns(columns_), stride(padded(columns_)) {
    memory += floats(rows, columns);
  }
  double* row(int64_t i) const { return data + i * stride; }
  int64_t size() const { return rows * stride; }
};

// V vectors of columns of c = a b from column j on.
template <int V>
CDLM_INLINE void multiply_columns(const DoubleMatrix& a, const DoubleMatrix& b, const DoubleMatrix& c,
                                  int64_t j) {
  for (int64_t i = 0; i < a.rows; i++) {
    Doubles sums[V];
    CDLM_UNROLL
    for (int v = 0; v < V; v++) sums[v] = broadcast(0.0);
    const double *factors = a.row(i), *row = b.data + j;
    for (int64_t k = 0; k < b.rows; k++, row += b.stride) {
      const Doubles factor = broadcast(factors[k]);
      CDLM_UNROLL
      for (int v = 0; v < V; v++) sums[v] += factor * load(row + v * kDoubles);
    }
    CDLM_UNROLL
    for (int v = 0; v < V; v++) store(c.row(i) + j + v * kDoubles, sums[v]);
  }
}

// c = a b; c: [a.rows, b.columns].
static inline void multiply(const DoubleMatrix& a, const DoubleMatrix& b, const DoubleMatrix& c) {
  int64_t j = 0;
  for (; j + 3 * W <= c.stride; j += 3 * W) multiply_columns<6>(a, b, c, j);
  for (; j < c.stride; j += W) multiply_columns<2>(a, b, c, j);
}

// Reads entries [rows, columns].
static inline void read(const DoubleMatrix& x, const float* entries) {
  for (int64_t i = 0; i < x.rows; i++)
    for (int64_t j = 0; j < x.stride; j++)
      x.row(i)[j] = j < x.columns ? static_cast<double>(entries[i * x.columns + j]) : 0.0;
}

// Reads the transpose of entries [columns, rows].
static inline void read_transposed(const DoubleMatrix& x, const float* entries) {
  for (int64_t i = 0; i < x.rows; i++)
    for (int64_t j = 0; j < x.stride; j++)
      x.row(i)[j] = j < x.columns ? static_cast<double>(entries[j * x.rows + i]) : 0.0;
}

// Writes them as floats.
static inline void write(const DoubleMatrix& x, float* entries) {
  for (int64_t i = 0; i < x.rows; i++)
    for (int64_t j = 0; j < x.columns; j++) entries[i * x.columns + j] = static_cast<float>(x.row(i)[j]);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
