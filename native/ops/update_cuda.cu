#include <vector>

#include "cuda/reduce.h"
#include "ops/update.h"

namespace cdlm {
namespace cuda {

void adamw(const Cuda& cuda, const AdamWStep& given, float factor, float* p, const float* g, float* m,
           float* v, int64_t n) {
  const AdamWStep step = given;
  each_element(cuda, "adamw", n, [=] __device__(int64_t i) {
    const float slope = g[i] * factor;
    m[i] = step.beta1 * m[i] + (1.0f - step.beta1) * slope;
    v[i] = step.beta2 * v[i] + (1.0f - step.beta2) * (slope * slope);
    p[i] = p[i] * step.decay - step.step_size * (m[i] / (sqrtf(v[i]) / step.root_correction + step.epsilon));
  });
}

void sgd(const Cuda& cuda, const SgdStep& given, float factor, float* p, const float* g, float* m,
         int64_t n) {
  const SgdStep step = given;
  each_element(cuda, "sgd", n, [=] __device__(int64_t i) {
    m[i] = step.momentum * m[i] + (g[i] * factor + step.weight_decay * p[i]);
    p[i] = p[i] - step.learning_rate * m[i];
  });
}

// Blocks of a fixed number of elements, all spans on the stream before the host waits once.
void sums_of_squares(const Cuda& cuda, const Span* spans, int64_t count, double* sums) {
  constexpr int64_t kBlock = 16384;
  int64_t blocks = 0;
  for (int64_t k = 0; k < count; k++) blocks += blocks_of(spans[k].elements, kBlock);
  double* partials = cuda.scratch_doubles(static_cast<size_t>(blocks));
  double* end = partials;
  for (int64_t k = 0; k < count; k++) {
    const float* g = spans[k].data;
    const int64_t n = spans[k].elements, own = blocks_of(n, kBlock);
    double* to = end;
    each_block(cuda, "sumOfSquares", own, kWarps, [=] __device__(int64_t block, double* shared) {
      const int64_t last = (block + 1) * kBlock < n ? (block + 1) * kBlock : n;
      double total = 0;
      for (int64_t i = block * kBlock + threadIdx.x; i < last; i += kThreads) total += double{g[i]} * g[i];
      total = block_sum(total, shared);
      if (threadIdx.x == 0) to[block] = total;
    });
    end += own;
  }
  std::vector<double> found(static_cast<size_t>(blocks));
  cuda.download(found.data(), partials, found.size() * sizeof(double));
  auto next = found.begin();
  for (int64_t k = 0; k < count; k++) {
    sums[k] = 0;
    for (int64_t i = 0; i < blocks_of(spans[k].elements, kBlock); i++) sums[k] += *next++;
  }
}

}  // namespace cuda
}  // namespace cdlm
