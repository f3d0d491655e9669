// Sums across rows and of partial sums, in an order that the shape alone decides. For .cu files only.
#pragma once

#include "cuda/reduce.h"

namespace cdlm {
namespace cuda {

// *y = factor · Σ partials, added by one block. Often the end of a loss.
inline void add_up(const Cuda& cuda, const char* name, const double* partials, int64_t count, double factor,
                   float* y) {
  each_block(cuda, name, 1, kWarps, [=] __device__(int64_t, double* shared) {
    double total = 0;
    for (int64_t i = threadIdx.x; i < count; i += kThreads) total += partials[i];
    total = block_sum(total, shared);
    if (threadIdx.x == 0) *y = static_cast<float>(total * factor);
  });
}

constexpr int64_t kPartialRows = 32;  // rows that share a partial sum

// Floats of scratch that sum_columns needs.
inline size_t column_sums_scratch(int64_t rows, int64_t d) {
  return static_cast<size_t>(blocks_of(rows, kPartialRows) * d);
}

// y[j] = Σ over rows of f(row, j); y: [d]; partials: column_sums_scratch(rows, d) floats of the device.
template <typename F>
void sum_columns(const Cuda& cuda, const char* name, int64_t rows, int64_t d, float* y, float* partials,
                 F f) {
  const int64_t blocks = blocks_of(rows, kPartialRows);
  each_element(cuda, name, blocks * d, [=] __device__(int64_t i) {
    const int64_t block = i / d, j = i % d;
    const int64_t end = (block + 1) * kPartialRows < rows ? (block + 1) * kPartialRows : rows;
    float total = 0;
    for (int64_t row = block * kPartialRows; row < end; row++) total += f(row, j);
    partials[i] = total;
  });
  each_element(cuda, name, d, [=] __device__(int64_t j) {
    float total = 0;
    for (int64_t block = 0; block < blocks; block++) total += partials[block * d + j];
    y[j] = total;
  });
}
template <typename F>
void sum_columns(const Cuda& cuda, const char* name, int64_t rows, int64_t d, float* y, F f) {
  sum_columns(cuda, name, rows, d, y, cuda.scratch(column_sums_scratch(rows, d)), f);
}

}  // namespace cuda
}  // namespace cdlm
