#include "cuda/gelu.h"
#include "ops/gelu.h"

namespace cdlm {
namespace cuda {

void gelu(const Cuda& cuda, const float* x, float* y, int64_t n) {
  each_element(cuda, "gelu", n, [=] __device__(int64_t i) { y[i] = gelu(x[i]); });
}

void gelu_gradient(const Cuda& cuda, const float* x, const float* dy, float* dx, int64_t n) {
  each_element(cuda, "geluGradient", n, [=] __device__(int64_t i) { dx[i] = dy[i] * gelu_derivative(x[i]); });
}

}  // namespace cuda
}  // namespace cdlm
