#include "cuda/column_sums.h"
#include "cuda/softmax_row.h"
#include "ops/cross_entropy.h"

namespace cdlm {
namespace cuda {

void cross_entropy(const Cuda& cuda, const float* logits, const int32_t* gold, int64_t counted, float* loss,
                   int64_t words, int64_t tags) {
  double* losses = cuda.scratch_doubles(static_cast<size_t>(words));
  each_row(cuda, "crossEntropy", words, [=] __device__(int64_t word, int lane) {
    const float* x = logits + word * tags;
    const SoftmaxRow row = softmax_row(x, tags, lane);
    if (lane == 0) losses[word] = gold[word] < 0 ? 0.0 : log(row.total) + (double{row.top} - x[gold[word]]);
  });
  add_up(cuda, "crossEntropy", losses, words, 1.0 / static_cast<double>(counted > 0 ? counted : 1), loss);
}

void cross_entropy_gradient(const Cuda& cuda, const float* logits, const int32_t* gold, int64_t counted,
                            const float* d_loss, float* d_logits, int64_t words, int64_t tags) {
  const auto divisor = static_cast<float>(counted > 0 ? counted : 1);
  each_row(cuda, "crossEntropyGradient", words, [=] __device__(int64_t word, int lane) {
    const float* x = logits + word * tags;
    float* dx = d_logits + word * tags;
    const float factor = *d_loss / divisor;
    const SoftmaxRow row = softmax_row(x, tags, lane);
    const float share = static_cast<float>(factor / row.total);
    for (int64_t j = lane; j < tags; j += kWarp) {
      const float p = expf(x[j] - row.top) * share;
      dx[j] = gold[word] < 0 ? 0.0f : j == gold[word] ? p - factor : p;
    }
  });
}

}  // namespace cuda
}  // namespace cdlm
