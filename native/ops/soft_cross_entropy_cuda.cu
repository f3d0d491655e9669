#include "cuda/column_sums.h"
#include "cuda/softmax_row.h"
#include "ops/soft_cross_entropy.h"

namespace cdlm {
namespace cuda {

void soft_cross_entropy(const Cuda& cuda, const float* logits, const float* targets, float* loss,
                        int64_t words, int64_t tags) {
  double* losses = cuda.scratch_doubles(static_cast<size_t>(words));
  each_row(cuda, "softCrossEntropy", words, [=] __device__(int64_t word, int lane) {
    const float *x = logits + word * tags, *t = targets + word * tags;
    const SoftmaxRow row = softmax_row(x, tags, lane);
    const double log_sum = log(row.total) + row.top;
    double total = 0;
    for (int64_t j = lane; j < tags; j += kWarp) total += t[j] * (log_sum - x[j]);
    total = warp_sum(total);
    if (lane == 0) losses[word] = total;
  });
  add_up(cuda, "softCrossEntropy", losses, words, 1.0 / static_cast<double>(words > 0 ? words : 1), loss);
}

void soft_cross_entropy_gradient(const Cuda& cuda, const float* logits, const float* targets,
                                 const float* d_loss, float* d_logits, int64_t words, int64_t tags) {
  each_row(cuda, "softCrossEntropyGradient", words, [=] __device__(int64_t word, int lane) {
    const float *x = logits + word * tags, *t = targets + word * tags;
    const float factor = *d_loss / static_cast<float>(words);
    const SoftmaxRow row = softmax_row(x, tags, lane);
    float mass = 0;
    for (int64_t j = lane; j < tags; j += kWarp) mass += t[j];
    const auto share = static_cast<float>(warp_sum(mass) / row.total);
    for (int64_t j = lane; j < tags; j += kWarp)
      d_logits[word * tags + j] = factor * (expf(x[j] - row.top) * share - t[j]);
  });
}

}  // namespace cuda
}  // namespace cdlm
