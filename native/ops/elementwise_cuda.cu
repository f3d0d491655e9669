#include "cuda/launch.h"
#include "ops/elementwise.h"

namespace cdlm {
namespace cuda {

void add(const Cuda& cuda, const float* a, const float* b, float* y, int64_t n) {
  each_element(cuda, "add", n, [=] __device__(int64_t i) { y[i] = a[i] + b[i]; });
}

void multiply(const Cuda& cuda, const float* a, const float* b, float* y, int64_t n) {
  each_element(cuda, "multiply", n, [=] __device__(int64_t i) { y[i] = a[i] * b[i]; });
}

void scale(const Cuda& cuda, const float* x, const float* s, float* y, int64_t n) {
  each_element(cuda, "scale", n, [=] __device__(int64_t i) { y[i] = x[i] * *s; });
}

}  // namespace cuda
}  // namespace cdlm
