#include "ops/exponentials.h"
#include "ops/loops.h"
#include "ops/row_losses.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Σ of term(i) over [0, n), from blocks of a fixed size.
template <typename F>
double sum_terms(const Device& device, int64_t n, int64_t block, const F& term) {
  const int64_t blocks = blocks_of(n, block);
  auto* partials = reinterpret_cast<double*>(device.shared_scratch(static_cast<size_t>(2 * blocks)));
  for_blocks(device, n, block, [&](int64_t begin, int64_t end, int worker) {
    double total = 0;
    for (int64_t i = begin; i < end; i++) total += term(i, worker);
    partials[begin / block] = total;
  });
  double total = 0;
  for (int64_t i = 0; i < blocks; i++) total += partials[i];
  return total;
}

// log(1 + e^x).
double softplus(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); }

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// KL(uniform ‖ softmax(x)) = log Σ e^x - mean x - log tags; x: [tags].
double uniform_kl(const float* x, int64_t tags) {
  const float top = largest_of(x, tags);
  const Vec shift = broadcast(top);
  const double below = sum_columns(
      tags, [&](int64_t j, auto lanes) { return within(load(x + j, lanes) - shift, zero(), lanes); });
  const auto count = static_cast<double>(tags);
  return std::log(static_cast<double>(sum_of_exponentials(x, top, tags)) / count) - below / count;
}

// The odds of `mark` against the rest as a logarithm, x[mark] - log Σ_rest e^x: then -log(1 - p) = log(1 +
// odds), finite and with a bounded gradient however close p is to 1. Leaves the other tags' probabilities
// among themselves in rest [tags], 0 at the mark.
double log_odds(const float* x, int32_t mark, float* rest, int64_t tags) {
  std::memcpy(rest, x, static_cast<size_t>(tags) * sizeof(float));
  rest[mark] = -INFINITY;
  const float top = largest_of(rest, tags), total = exponentials(rest, top, rest, tags);
  multiply_by(rest, 1.0f / total, tags);
  return x[mark] - (static_cast<double>(top) + std::log(static_cast<double>(total)));
}

void gradient_of_row(RowLoss kind, const float* x, int32_t mark, float factor, float* dx, int64_t tags) {
  if (kind == RowLoss::uniform_kl) {
    multiply_by(dx, factor / exponentials(x, largest_of(x, tags), dx, tags), tags);
    for (int64_t j = 0; j < tags; j++) dx[j] -= factor / static_cast<float>(tags);
    return;
  }
  const auto p = static_cast<float>(logistic(log_odds(x, mark, dx, tags)));
  multiply_by(dx, -factor * p, tags);
  dx[mark] = factor * p;
}

}  // namespace

void binary_cross_entropy(const Device& device, const float* logits, const float* targets, float* loss,
                          int64_t n) {
  const double total = sum_terms(device, n, kTaskElements / 16, [=](int64_t i, int) {
    const double z = logits[i];
    return softplus(z) - z * targets[i];
  });
  *loss = static_cast<float>(total / static_cast<double>(larger(1, n)));
}

void binary_cross_entropy_gradient(const Device& device, const float* logits, const float* targets,
                                   const float* d_loss, float* d_logits, int64_t n) {
  const float factor = *d_loss / static_cast<float>(larger(1, n));
  for_blocks(device, n, kTaskElements / 16, [=](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++)
      d_logits[i] = static_cast<float>((logistic(logits[i]) - targets[i]) * factor);
  });
}

void row_loss(const Device& device, RowLoss kind, const MarkedRows& rows, float* loss) {
  const int64_t tags = rows.tags;
  reserve_scratch(device, static_cast<size_t>(tags));
  const double total = sum_terms(device, rows.rows, task_rows(tags), [&](int64_t row, int worker) {
    if (rows.marks[row] < 0) return 0.0;
    const float* x = rows.logits + row * tags;
    if (kind == RowLoss::uniform_kl) return uniform_kl(x, tags);
    float* rest = device.worker_scratch(worker, static_cast<size_t>(tags));
    return softplus(log_odds(x, rows.marks[row], rest, tags));
  });
  *loss = static_cast<float>(total / static_cast<double>(rows.counted));
}

void row_loss_gradient(const Device& device, RowLoss kind, const MarkedRows& rows, const float* d_loss,
                       float* d_logits) {
  const int64_t tags = rows.tags;
  const float factor = *d_loss / static_cast<float>(rows.counted);
  for_blocks(device, rows.rows, task_rows(tags), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      float* dx = d_logits + row * tags;
      if (rows.marks[row] < 0)
        std::memset(dx, 0, static_cast<size_t>(tags) * sizeof(float));
      else
        gradient_of_row(kind, rows.logits + row * tags, rows.marks[row], factor, dx, tags);
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
