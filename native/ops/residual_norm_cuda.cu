#include "cuda/dropout.h"
#include "cuda/normalise.h"
#include "ops/residual_norm.h"

namespace cdlm {
namespace cuda {

void residual_norm(const Cuda& cuda, const float* x, const float* residual, const float* gamma,
                   const float* beta, Dropout dropping, float epsilon, float* total, float* y,
                   float* statistics, int64_t rows, int64_t d) {
  each_row(cuda, "residualNorm", rows, [=] __device__(int64_t row, int lane) {
    float all = 0;
    for (int64_t j = lane; j < d; j += kWarp) {
      const int64_t i = row * d + j;
      const float value = (keeps(dropping, row, j) ? x[i] * dropping.scale : 0.0f) + residual[i];
      total[i] = value;
      all += value;
    }
    normalise(total + row * d, all, gamma, beta, epsilon, y + row * d, statistics + 2 * row, d, lane);
  });
}

}  // namespace cuda
}  // namespace cdlm
