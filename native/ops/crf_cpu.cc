#include "ops/crf.h"
#include "ops/crf_chain.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

bool all_known(const int32_t* gold, int64_t words) {
  for (int64_t word = 0; word < words; word++)
    if (gold[word] < 0) return false;
  return true;
}

bool none_known(const int32_t* gold, int64_t words) {
  for (int64_t word = 0; word < words; word++)
    if (gold[word] >= 0) return false;
  return true;
}

// The score of one sequence.
double score_of(const Chain& chain, const float* scores, const int32_t* gold, int64_t words) {
  double total = 0;
  int64_t before = chain.tags;
  for (int64_t word = 0; word < words; word++) {
    total += static_cast<double>(scores[word * chain.tags + gold[word]]) +
             chain.transitions[before * chain.tags + gold[word]];
    before = gold[word];
  }
  return total;
}

}  // namespace

void crf_loss(const Device& device, const Crf& field, const int32_t* gold, int64_t counted, float* loss) {
  const int64_t block = sentences_per_task(field), blocks = blocks_of(field.sentences, block);
  auto* partials = reinterpret_cast<double*>(
      device.shared_scratch(static_cast<size_t>(2 * blocks + Chain::floats(field.tags))));
  const Chain chain = prepare_chain(field, reinterpret_cast<float*>(partials + blocks));
  const auto floats = static_cast<size_t>((field.longest + 1) * chain.stride);
  reserve_scratch(device, floats);
  for_blocks(device, field.sentences, block, [&](int64_t begin, int64_t end, int worker) {
    float *weights = device.worker_scratch(worker, floats), *alpha = weights + chain.stride;
    double total = 0;
    for (int64_t s = begin; s < end; s++) {
      const int64_t first = field.ranges[2 * s], words = field.ranges[2 * s + 1];
      const float* scores = field.scores + first * field.tags;
      if (none_known(gold + first, words)) continue;
      total += run_forward(chain, scores, nullptr, words, weights, alpha);
      total -= all_known(gold + first, words)
                   ? score_of(chain, scores, gold + first, words)
                   : run_forward(chain, scores, gold + first, words, weights, alpha);
    }
    partials[begin / block] = total;
  });
  double total = 0;
  for (int64_t i = 0; i < blocks; i++) total += partials[i];
  *loss = static_cast<float>(total / static_cast<double>(counted));
}

void crf_marginals(const Device& device, const Crf& field, float* marginals) {
  std::memset(marginals, 0, static_cast<size_t>(field.words * field.tags) * sizeof(float));
  const Chain chain =
      prepare_chain(field, device.shared_scratch(static_cast<size_t>(Chain::floats(field.tags))));
  const int64_t stride = chain.stride, tags = field.tags;
  const auto floats = static_cast<size_t>((field.longest + 5) * stride);
  reserve_scratch(device, floats);
  for_blocks(device, field.sentences, sentences_per_task(field), [&](int64_t begin, int64_t end, int worker) {
    float* memory = device.worker_scratch(worker, floats);
    const Backward work{memory, memory + stride, memory + 2 * stride};
    float *beta = memory + 3 * stride, *p = memory + 4 * stride, *alpha = memory + 5 * stride;
    for (int64_t s = begin; s < end; s++) {
      const int64_t first = field.ranges[2 * s], words = field.ranges[2 * s + 1];
      if (words == 0) continue;
      const float* scores = field.scores + first * tags;
      run_forward(chain, scores, nullptr, words, p, alpha);
      end_chain(chain, beta);
      for (int64_t word = words - 1; word >= 0; word--) {
        if (word < words - 1) step_backward(chain, beta, scores + (word + 1) * tags, -1, work, beta);
        tag_probabilities(chain, alpha + word * stride, beta, p);
        std::memcpy(marginals + (first + word) * tags, p, static_cast<size_t>(tags) * sizeof(float));
      }
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
