#include "cuda/column_sums.h"
#include "cuda/softmax_row.h"
#include "ops/row_losses.h"

namespace cdlm {
namespace cuda {
namespace {

// log(1 + e^x).
__device__ double softplus(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }

__device__ double logistic(double x) { return 1 / (1 + exp(-x)); }

// KL(uniform ‖ softmax(x)) = log Σ e^x - mean x - log tags; x: [tags].
__device__ double uniform_kl(const float* x, int64_t tags, int lane) {
  const SoftmaxRow row = softmax_row(x, tags, lane);
  double below = 0;
  for (int64_t j = lane; j < tags; j += kWarp) below += x[j] - row.top;
  const auto count = static_cast<double>(tags);
  return log(row.total / count) - warp_sum(below) / count;
}

// The odds of `mark` against the rest as a logarithm: -log(1 - p) = log(1 + odds), finite and with a bounded
// gradient however close p is to 1.
__device__ double log_odds(const SoftmaxRow& rest, const float* x, int32_t mark) {
  return x[mark] - (double{rest.top} + log(rest.total));
}

}  // namespace

void binary_cross_entropy(const Cuda& cuda, const float* logits, const float* targets, float* loss,
                          int64_t n) {
  double* losses = cuda.scratch_doubles(static_cast<size_t>(n));
  each_element(cuda, "binaryCrossEntropy", n, [=] __device__(int64_t i) {
    losses[i] = softplus(logits[i]) - double{logits[i]} * targets[i];
  });
  add_up(cuda, "binaryCrossEntropy", losses, n, 1.0 / static_cast<double>(n > 0 ? n : 1), loss);
}

void binary_cross_entropy_gradient(const Cuda& cuda, const float* logits, const float* targets,
                                   const float* d_loss, float* d_logits, int64_t n) {
  each_element(cuda, "binaryCrossEntropyGradient", n, [=] __device__(int64_t i) {
    const float factor = *d_loss / static_cast<float>(n);
    d_logits[i] = static_cast<float>((logistic(logits[i]) - targets[i]) * factor);
  });
}

void row_loss(const Cuda& cuda, RowLoss kind, const MarkedRows& given, float* loss) {
  const MarkedRows rows = given;
  double* losses = cuda.scratch_doubles(static_cast<size_t>(rows.rows));
  each_row(cuda, "rowLoss", rows.rows, [=] __device__(int64_t row, int lane) {
    const float* x = rows.logits + row * rows.tags;
    const int32_t mark = rows.marks[row];
    double value = 0;
    if (mark >= 0 && kind == RowLoss::uniform_kl) value = uniform_kl(x, rows.tags, lane);
    if (mark >= 0 && kind == RowLoss::unlikelihood)
      value = softplus(log_odds(softmax_row(x, rows.tags, lane, mark), x, mark));
    if (lane == 0) losses[row] = value;
  });
  add_up(cuda, "rowLoss", losses, rows.rows, 1.0 / static_cast<double>(rows.counted), loss);
}

void row_loss_gradient(const Cuda& cuda, RowLoss kind, const MarkedRows& given, const float* d_loss,
                       float* d_logits) {
  const MarkedRows rows = given;
  const int64_t tags = rows.tags;
  each_row(cuda, "rowLossGradient", rows.rows, [=] __device__(int64_t row, int lane) {
    const float* x = rows.logits + row * tags;
    const int32_t mark = rows.marks[row];
    const bool counts = mark >= 0, repels = kind == RowLoss::unlikelihood;
    const float factor = counts ? *d_loss / static_cast<float>(rows.counted) : 0.0f;
    // The shares of all tags, or of all but the marked one among themselves.
    const SoftmaxRow shares = softmax_row(x, tags, lane, repels ? mark : -1);
    const double p = counts && repels ? logistic(log_odds(shares, x, mark)) : 0.0;
    for (int64_t j = lane; j < tags; j += kWarp) {
      const double share = j == mark && repels ? 0 : expf(x[j] - shares.top) / shares.total;
      const double slope = !repels ? share - 1.0 / static_cast<double>(tags) : j == mark ? p : -p * share;
      d_logits[row * tags + j] = counts ? static_cast<float>(factor * slope) : 0.0f;
    }
  });
}

}  // namespace cuda
}  // namespace cdlm
