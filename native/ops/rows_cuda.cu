#include "cuda/reduce.h"
#include "ops/rows.h"

namespace cdlm {
namespace cuda {

void concat_columns(const Cuda& cuda, const float* a, const float* b, float* y, int64_t rows, int64_t left,
                    int64_t right) {
  const int64_t d = left + right;
  each_element(cuda, "concatColumns", rows * d, [=] __device__(int64_t i) {
    const int64_t row = i / d, j = i % d;
    y[i] = j < left ? a[row * left + j] : b[row * right + j - left];
  });
}

void split_columns(const Cuda& cuda, const float* y, float* a, float* b, int64_t rows, int64_t left,
                   int64_t right) {
  const int64_t d = left + right;
  each_element(cuda, "splitColumns", rows * d, [=] __device__(int64_t i) {
    const int64_t row = i / d, j = i % d;
    if (j < left)
      a[row * left + j] = y[i];
    else
      b[row * right + j - left] = y[i];
  });
}

void scale_rows(const Cuda& cuda, const float* x, const float* s, float* y, int64_t rows, int64_t d) {
  each_element(cuda, "scaleRows", rows * d, [=] __device__(int64_t i) { y[i] = x[i] * s[i / d]; });
}

void row_dots(const Cuda& cuda, const float* a, const float* b, float* y, int64_t rows, int64_t d) {
  each_row(cuda, "rowDots", rows, [=] __device__(int64_t row, int lane) {
    float total = 0;
    for (int64_t j = lane; j < d; j += kWarp) total = fmaf(a[row * d + j], b[row * d + j], total);
    total = warp_sum(total);
    if (lane == 0) y[row] = total;
  });
}

void sigmoid(const Cuda& cuda, const float* x, float* y, int64_t n) {
  each_element(cuda, "sigmoid", n, [=] __device__(int64_t i) { y[i] = 1.0f / (1.0f + expf(-x[i])); });
}

void sigmoid_gradient(const Cuda& cuda, const float* y, const float* dy, float* dx, int64_t n) {
  each_element(cuda, "sigmoidGradient", n,
               [=] __device__(int64_t i) { dx[i] = y[i] * (1.0f - y[i]) * dy[i]; });
}

void counterfactual_effect(const Cuda& cuda, const float* a, const float* b, const float* tau, bool spared,
                           float* y, int64_t rows, int64_t tags) {
  each_element(cuda, "counterfactualEffect", rows * tags, [=] __device__(int64_t i) {
    y[i] = spared && i % tags == 0 ? a[i] : fmaf(-*tau, b[i], a[i]);
  });
}

}  // namespace cuda
}  // namespace cdlm
