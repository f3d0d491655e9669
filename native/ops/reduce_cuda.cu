#include "cuda/column_sums.h"
#include "cuda/reduce.h"
#include "ops/reduce.h"

namespace cdlm {
namespace cuda {

// Blocks of a fixed number of elements, then the sum of their sums; in float64, as on the CPU.
void sum(const Cuda& cuda, const float* x, float* y, int64_t n) {
  constexpr int64_t kBlock = 16384;
  const int64_t blocks = blocks_of(n, kBlock);
  double* partials = cuda.scratch_doubles(static_cast<size_t>(blocks));
  each_block(cuda, "sum", blocks, kWarps, [=] __device__(int64_t block, double* shared) {
    double total = 0;
    const int64_t end = block * kBlock + kBlock < n ? block * kBlock + kBlock : n;
    for (int64_t i = block * kBlock + threadIdx.x; i < end; i += kThreads) total += x[i];
    total = block_sum(total, shared);
    if (threadIdx.x == 0) partials[block] = total;
  });
  add_up(cuda, "sum", partials, blocks, 1.0, y);
}

void sum_rows(const Cuda& cuda, const float* x, float* y, int64_t rows, int64_t d) {
  sum_columns(cuda, "sumRows", rows, d, y, [=] __device__(int64_t row, int64_t j) { return x[row * d + j]; });
}

}  // namespace cuda
}  // namespace cdlm
