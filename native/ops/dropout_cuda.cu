#include "cuda/dropout.h"
#include "ops/dropout.h"

namespace cdlm {
namespace cuda {

void dropout(const Cuda& cuda, const float* x, Dropout dropping, float* y, int64_t rows, int64_t d) {
  each_element(cuda, "dropout", rows * d, [=] __device__(int64_t i) {
    y[i] = keeps(dropping, i / d, i % d) ? x[i] * dropping.scale : 0.0f;
  });
}

}  // namespace cuda
}  // namespace cdlm
