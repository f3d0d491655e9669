#include "cuda/reduce.h"
#include "ops/softmax.h"

namespace cdlm {
namespace cuda {

void softmax(const Cuda& cuda, const float* x, float* y, int64_t rows, int64_t d) {
  each_row(cuda, "softmax", rows, [=] __device__(int64_t row, int lane) {
    const float* from = x + row * d;
    float *to = y + row * d, top = -INFINITY, total = 0;
    for (int64_t j = lane; j < d; j += kWarp) top = fmaxf(top, from[j]);
    top = warp_max(top);
    for (int64_t j = lane; j < d; j += kWarp) {
      to[j] = expf(from[j] - top);
      total += to[j];
    }
    const float factor = 1.0f / warp_sum(total);
    for (int64_t j = lane; j < d; j += kWarp) to[j] *= factor;
  });
}

void softmax_gradient(const Cuda& cuda, const float* y, const float* dy, float* dx, int64_t rows, int64_t d) {
  each_row(cuda, "softmaxGradient", rows, [=] __device__(int64_t row, int lane) {
    float dot = 0;
    for (int64_t i = row * d + lane; i < (row + 1) * d; i += kWarp) dot = fmaf(dy[i], y[i], dot);
    dot = warp_sum(dot);
    for (int64_t i = row * d + lane; i < (row + 1) * d; i += kWarp) dx[i] = y[i] * (dy[i] - dot);
  });
}

}  // namespace cuda
}  // namespace cdlm
