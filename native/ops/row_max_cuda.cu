#include "cuda/launch.h"
#include "ops/row_max.h"

namespace cdlm {
namespace cuda {
namespace {

// The first of the largest entries.
__device__ int64_t largest(const RowMax& max, int64_t row) {
  const float* x = max.x + row * max.columns;
  int64_t at = max.first;
  for (int64_t j = max.first + 1; j < max.columns; j++) at = x[j] > x[at] ? j : at;
  return at;
}

}  // namespace

void row_max(const Cuda& cuda, const RowMax& given, float* y) {
  const RowMax max = given;
  each_element(cuda, "rowMax", max.rows,
               [=] __device__(int64_t row) { y[row] = max.x[row * max.columns + largest(max, row)]; });
}

void row_max_gradient(const Cuda& cuda, const RowMax& given, const float* dy, float* dx) {
  const RowMax max = given;
  each_element(cuda, "rowMaxGradient", max.rows, [=] __device__(int64_t row) {
    float* to = dx + row * max.columns;
    const int64_t at = largest(max, row);
    for (int64_t j = 0; j < max.columns; j++) to[j] = j == at ? dy[row] : 0.0f;
  });
}

}  // namespace cuda
}  // namespace cdlm
