#include "ops/crf.h"
#include "ops/crf_chain.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Adds `factor` · probabilities of neighbouring tags to pairs [tags, stride]: p(s, t) is proportional to
// e^alpha[s] · e^transitions[s, t] · work.weights[t]. beta, w: [stride]; w is scratch.
void add_pairs(const Chain& chain, const float* alpha, const float* beta, const Backward& work, float factor,
               float* w, float* pairs) {
  const int64_t stride = chain.stride, tags = chain.tags;
  exponentials(alpha, 0.0f, w, stride);
  const float total = sum_columns(
      stride, [&](int64_t j, auto lanes) { return load(w + j, lanes) * load(work.sums + j, lanes); });
  if (total >= kExactBelow) {
    for (int64_t s = 0; s < tags; s++) {
      const Vec share = broadcast(w[s] * (factor / total));
      const float* row = chain.from + s * stride;
      for (int64_t j = 0; j < stride; j += W)
        store(pairs + s * stride + j,
              fma(share * load(row + j), load(work.weights + j), load(pairs + s * stride + j)));
    }
    return;
  }
  const float top = exact_log_sum(alpha, beta, 1, tags);
  for (int64_t s = 0; s < tags; s++)
    for (int64_t t = 0; t < tags; t++)
      pairs[s * stride + t] +=
          factor * std::exp(alpha[s] + chain.transitions[s * tags + t] + work.arriving[t] - top);
}

// Memory of one worker: five rows and the forward messages of the longest sentence.
struct Scratch {
  Backward work;
  float *beta, *p, *alpha;
  static size_t floats(const Crf& field, const Chain& chain) {
    return static_cast<size_t>((field.longest + 5) * chain.stride);
  }
  Scratch(float* memory, int64_t stride)
      : work{memory, memory + stride, memory + 2 * stride},
        beta(memory + 3 * stride),
        p(memory + 4 * stride),
        alpha(memory + 5 * stride) {}
};

// Adds `factor` · expected counts of the sequences that agree with gold (null: of all) to d_scores [words,
// tags] and to counts [tags + 1, stride], whose last row is the start's.
void add_expectations(const Chain& chain, const float* scores, const int32_t* gold, int64_t words,
                      float factor, const Scratch& scratch, float* d_scores, float* counts) {
  const int64_t stride = chain.stride, tags = chain.tags;
  float *beta = scratch.beta, *p = scratch.p;
  run_forward(chain, scores, gold, words, p, scratch.alpha);
  end_chain(chain, beta);
  for (int64_t word = words - 1; word >= 0; word--) {
    const float* alpha = scratch.alpha + word * stride;
    if (word < words - 1) {
      const int32_t only = gold == nullptr ? -1 : gold[word + 1];
      step_backward(chain, beta, scores + (word + 1) * tags, only, scratch.work, beta);
      add_pairs(chain, alpha, beta, scratch.work, factor, p, counts);
    }
    tag_probabilities(chain, alpha, beta, p);
    float* d_word = d_scores + word * tags;
    for (int64_t t = 0; t < tags; t++) d_word[t] += factor * p[t];
    if (word > 0) continue;
    for (int64_t t = 0; t < tags; t++) counts[tags * stride + t] += factor * p[t];
  }
}

// The same for one sequence, whose counts are known.
void add_sequence(const Chain& chain, const int32_t* gold, int64_t words, float factor, float* d_scores,
                  float* counts) {
  int64_t before = chain.tags;
  for (int64_t word = 0; word < words; word++) {
    d_scores[word * chain.tags + gold[word]] += factor;
    counts[before * chain.stride + gold[word]] += factor;
    before = gold[word];
  }
}

void gradient_of_sentence(const Chain& chain, const float* scores, const int32_t* gold, int64_t words,
                          float factor, const Scratch& scratch, float* d_scores, float* counts) {
  int64_t known = 0;
  for (int64_t word = 0; word < words; word++) known += gold[word] >= 0;
  if (known == 0) return;
  add_expectations(chain, scores, nullptr, words, factor, scratch, d_scores, counts);
  if (known == words)
    add_sequence(chain, gold, words, -factor, d_scores, counts);
  else
    add_expectations(chain, scores, gold, words, -factor, scratch, d_scores, counts);
}

}  // namespace

void crf_loss_gradient(const Device& device, const Crf& field, const int32_t* gold, int64_t counted,
                       const float* d_loss, float* d_scores, float* d_transitions) {
  // Few blocks, each with counts of its own that are added in the order of the blocks.
  const int64_t block = larger(sentences_per_task(field), blocks_of(field.sentences, 32));
  const int64_t blocks = blocks_of(field.sentences, block), tags = field.tags;
  const int64_t counts_size = (tags + 1) * blocks_of(tags, W) * W;
  float* partials = device.shared_scratch(static_cast<size_t>(blocks * counts_size + Chain::floats(tags)));
  const Chain chain = prepare_chain(field, partials + blocks * counts_size);
  const size_t floats = Scratch::floats(field, chain);
  reserve_scratch(device, floats);
  std::memset(d_scores, 0, static_cast<size_t>(field.words * tags) * sizeof(float));
  const float factor = *d_loss / static_cast<float>(counted);
  for_blocks(device, field.sentences, block, [&](int64_t begin, int64_t end, int worker) {
    const Scratch scratch(device.worker_scratch(worker, floats), chain.stride);
    float* counts = partials + begin / block * counts_size;
    std::memset(counts, 0, static_cast<size_t>(counts_size) * sizeof(float));
    for (int64_t s = begin; s < end; s++) {
      const int64_t first = field.ranges[2 * s], words = field.ranges[2 * s + 1];
      gradient_of_sentence(chain, field.scores + first * tags, gold + first, words, factor, scratch,
                           d_scores + first * tags, counts);
    }
  });
  for (int64_t s = 0; s <= tags; s++)
    for (int64_t t = 0; t < tags; t++) {
      float total = 0;
      for (int64_t i = 0; i < blocks; i++) total += partials[i * counts_size + s * chain.stride + t];
      d_transitions[s * tags + t] = total;
    }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
