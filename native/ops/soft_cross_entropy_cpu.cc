#include "ops/exponentials.h"
#include "ops/loops.h"
#include "ops/soft_cross_entropy.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Σ t · (log Σ e^x - x); x, t: [tags].
double loss_of_word(const float* x, const float* t, int64_t tags) {
  const float top = largest_of(x, tags);
  const double log_sum = std::log(static_cast<double>(sum_of_exponentials(x, top, tags)));
  double loss = 0;
  for (int64_t tag = 0; tag < tags; tag++) loss += t[tag] * (log_sum + (static_cast<double>(top) - x[tag]));
  return loss;
}

// dx = (softmax(x) · Σ t - t) · factor; x, t, dx: [tags].
void gradient_of_word(const float* x, const float* t, float factor, float* dx, int64_t tags) {
  float mass = 0;
  for (int64_t tag = 0; tag < tags; tag++) mass += t[tag];
  const float total = exponentials(x, largest_of(x, tags), dx, tags);
  multiply_by(dx, mass * factor / total, tags);
  for (int64_t tag = 0; tag < tags; tag++) dx[tag] -= factor * t[tag];
}

}  // namespace

void soft_cross_entropy(const Device& device, const float* logits, const float* targets, float* loss,
                        int64_t words, int64_t tags) {
  const int64_t block = task_rows(tags), blocks = blocks_of(words, block);
  auto* partials = reinterpret_cast<double*>(device.shared_scratch(static_cast<size_t>(2 * blocks)));
  for_blocks(device, words, block, [&](int64_t begin, int64_t end, int) {
    double total = 0;
    for (int64_t word = begin; word < end; word++)
      total += loss_of_word(logits + word * tags, targets + word * tags, tags);
    partials[begin / block] = total;
  });
  double total = 0;
  for (int64_t i = 0; i < blocks; i++) total += partials[i];
  *loss = static_cast<float>(total / static_cast<double>(larger(1, words)));
}

void soft_cross_entropy_gradient(const Device& device, const float* logits, const float* targets,
                                 const float* d_loss, float* d_logits, int64_t words, int64_t tags) {
  const float factor = *d_loss / static_cast<float>(larger(1, words));
  for_blocks(device, words, task_rows(tags), [&](int64_t begin, int64_t end, int) {
    for (int64_t word = begin; word < end; word++)
      gradient_of_word(logits + word * tags, targets + word * tags, factor, d_logits + word * tags, tags);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
