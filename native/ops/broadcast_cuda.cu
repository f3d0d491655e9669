#include "cuda/launch.h"
#include "ops/broadcast.h"

namespace cdlm {
namespace cuda {

void fill(const Cuda& cuda, float value, float* y, int64_t n) {
  each_element(cuda, "fill", n, [=] __device__(int64_t i) { y[i] = value; });
}

void expand(const Cuda& cuda, const float* s, float* y, int64_t n) {
  each_element(cuda, "expand", n, [=] __device__(int64_t i) { y[i] = *s; });
}

void expand_rows(const Cuda& cuda, const float* b, float* y, int64_t rows, int64_t d) {
  each_element(cuda, "expandRows", rows * d, [=] __device__(int64_t i) { y[i] = b[i % d]; });
}

void add_bias(const Cuda& cuda, const float* x, const float* b, float* y, int64_t rows, int64_t d) {
  each_element(cuda, "addBias", rows * d, [=] __device__(int64_t i) { y[i] = x[i] + b[i % d]; });
}

}  // namespace cuda
}  // namespace cdlm
