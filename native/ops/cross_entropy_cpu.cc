#include "ops/cross_entropy.h"
#include "ops/exponentials.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// -log softmax(x)[tag]; x: [tags].
double loss_of_word(const float* x, int32_t tag, int64_t tags) {
  const float top = largest_of(x, tags);
  return std::log(static_cast<double>(sum_of_exponentials(x, top, tags))) +
         (static_cast<double>(top) - x[tag]);
}

// dx = (softmax(x) - onehot(tag)) · factor; x, dx: [tags]; zeros for a negative tag.
void gradient_of_word(const float* x, int32_t tag, float factor, float* dx, int64_t tags) {
  if (tag < 0) {
    std::memset(dx, 0, static_cast<size_t>(tags) * sizeof(float));
    return;
  }
  const float total = exponentials(x, largest_of(x, tags), dx, tags);
  multiply_by(dx, factor / total, tags);
  dx[tag] -= factor;
}

}  // namespace

void cross_entropy(const Device& device, const float* logits, const int32_t* gold, int64_t counted,
                   float* loss, int64_t words, int64_t tags) {
  const int64_t block = task_rows(tags), blocks = blocks_of(words, block);
  auto* partials = reinterpret_cast<double*>(device.shared_scratch(static_cast<size_t>(2 * blocks)));
  for_blocks(device, words, block, [&](int64_t begin, int64_t end, int) {
    double total = 0;
    for (int64_t word = begin; word < end; word++)
      if (gold[word] >= 0) total += loss_of_word(logits + word * tags, gold[word], tags);
    partials[begin / block] = total;
  });
  double total = 0;
  for (int64_t i = 0; i < blocks; i++) total += partials[i];
  *loss = static_cast<float>(total / static_cast<double>(larger(1, counted)));
}

void cross_entropy_gradient(const Device& device, const float* logits, const int32_t* gold, int64_t counted,
                            const float* d_loss, float* d_logits, int64_t words, int64_t tags) {
  const float factor = *d_loss / static_cast<float>(larger(1, counted));
  for_blocks(device, words, task_rows(tags), [&](int64_t begin, int64_t end, int) {
    for (int64_t word = begin; word < end; word++)
      gradient_of_word(logits + word * tags, gold[word], factor, d_logits + word * tags, tags);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
