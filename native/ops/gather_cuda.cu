#include "cuda/reduce.h"
#include "ops/gather.h"

namespace cdlm {
namespace cuda {

void gather(const Cuda& cuda, const float* table, const int32_t* ids, float* y, int64_t rows, int64_t d) {
  each_element(cuda, "gather", rows * d, [=] __device__(int64_t i) { y[i] = table[ids[i / d] * d + i % d]; });
}

// A block per row of x: where an id comes for the first time, the block adds up all rows of this id in the
// order of the batch; the other blocks have nothing to do. No two blocks write to one entry.
void scatter_rows(const Cuda& cuda, const float* x, const int32_t* ids, float* y, int64_t rows,
                  int64_t entries, int64_t d, bool accumulates) {
  if (!accumulates) each_element(cuda, "scatterRows", entries * d, [=] __device__(int64_t i) { y[i] = 0; });
  each_block(cuda, "scatterRows", rows, kWarps, [=] __device__(int64_t row, double* shared) {
    double earlier = 0;
    for (int64_t i = threadIdx.x; i < row; i += kThreads) earlier += ids[i] == ids[row];
    if (block_sum(earlier, shared) > 0) return;
    float* to = y + ids[row] * d;
    for (int64_t i = row; i < rows; i++)
      for (int64_t j = threadIdx.x; j < d && ids[i] == ids[row]; j += kThreads) to[j] += x[i * d + j];
  });
}

}  // namespace cuda
}  // namespace cdlm
