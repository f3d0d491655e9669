#include "cuda/column_sums.h"
#include "cuda/normalise.h"
#include "ops/layer_norm.h"

namespace cdlm {
namespace cuda {

void layer_norm(const Cuda& cuda, const float* x, const float* gamma, const float* beta, float epsilon,
                float* y, float* statistics, int64_t rows, int64_t d) {
  each_row(cuda, "layerNorm", rows, [=] __device__(int64_t row, int lane) {
    float total = 0;
    for (int64_t j = lane; j < d; j += kWarp) total += x[row * d + j];
    normalise(x + row * d, total, gamma, beta, epsilon, y + row * d, statistics + 2 * row, d, lane);
  });
}

void layer_norm_gradient(const Cuda& cuda, const float* x, const float* gamma, const float* statistics,
                         const float* dy, float* dx, float* d_gamma, float* d_beta, int64_t rows, int64_t d) {
  const auto hat_at = [=] __device__(int64_t row, int64_t j) {
    return (x[row * d + j] - statistics[2 * row]) * statistics[2 * row + 1];
  };
  // Before dx is written, which may be dy or x.
  sum_columns(cuda, "layerNormGradient", rows, d, d_gamma,
              [=] __device__(int64_t row, int64_t j) { return dy[row * d + j] * hat_at(row, j); });
  sum_columns(cuda, "layerNormGradient", rows, d, d_beta,
              [=] __device__(int64_t row, int64_t j) { return dy[row * d + j]; });
  each_row(cuda, "layerNormGradient", rows, [=] __device__(int64_t row, int lane) {
    float sum = 0, sum_hat = 0;  // of dy ∘ γ and dy ∘ γ ∘ x̂
    for (int64_t j = lane; j < d; j += kWarp) {
      const float scaled = dy[row * d + j] * gamma[j];
      sum += scaled;
      sum_hat = fmaf(scaled, hat_at(row, j), sum_hat);
    }
    const float n = static_cast<float>(d), shift = warp_sum(sum) / n, shift_hat = warp_sum(sum_hat) / n;
    for (int64_t j = lane; j < d; j += kWarp) {
      const float hat = hat_at(row, j), scaled = dy[row * d + j] * gamma[j];
      dx[row * d + j] = statistics[2 * row + 1] * (scaled - shift - hat * shift_hat);
    }
  });
}

}  // namespace cuda
}  // namespace cdlm
