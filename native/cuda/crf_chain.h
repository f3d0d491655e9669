// Forward and backward messages of a linear chain, for .cu files: a block works on one sentence, a warp on
// one tag after another. Messages are logarithms in float64, so nothing under- or overflows.
#pragma once

#include "cuda/reduce.h"
#include "ops/crf.h"

namespace cdlm {
namespace cuda {

struct ChainSentence {
  const Crf& field;
  int64_t first, words;  // in the batch
  const float* scores;   // [words, tags]
  const int32_t* gold;   // [words] of known tags, negative where unknown; null: none is known
  double* alpha;         // [words, tags]

  __device__ ChainSentence(const Crf& field_, int64_t sentence, double* alphas)
      : field(field_),
        first(field_.ranges[2 * sentence]),
        words(field_.ranges[2 * sentence + 1]),
        scores(field_.scores + first * field_.tags),
        gold(nullptr),
        alpha(alphas + first * field_.tags) {}

  __device__ bool excludes(int64_t word, int64_t tag) const {
    return gold != nullptr && gold[word] >= 0 && gold[word] != tag;
  }

  // f(tag, lane) for every tag, each by one warp; the block waits for all.
  template <typename F>
  __device__ void each_tag(const F& f) const {
    const int lane = static_cast<int>(threadIdx.x % kWarp);
    for (int64_t t = threadIdx.x / kWarp; t < field.tags; t += kWarps) f(t, lane);
    __syncthreads();
  }

  // Fills alpha; returns log Σ e^score over all sequences that agree with gold, in every thread.
  __device__ double run_forward() const {
    const int64_t tags = field.tags;
    __syncthreads();  // what was there has been read
    for (int64_t word = 0; word < words; word++)
      each_tag([&](int64_t t, int lane) {
        const double* before = alpha + (word - 1) * tags;
        const double arriving =
            word == 0 ? double{field.transitions[tags * tags + t]} : warp_log_sum(tags, lane, [&](int64_t s) {
              return before[s] + field.transitions[s * tags + t];
            });
        if (lane == 0)
          alpha[word * tags + t] = excludes(word, t) ? -INFINITY : arriving + scores[word * tags + t];
      });
    const double* last = alpha + (words - 1) * tags;
    return warp_log_sum(tags, static_cast<int>(threadIdx.x % kWarp), [&](int64_t t) { return last[t]; });
  }

  // From the message that word + 1 receives, beta [tags], the one that `word` receives, in its place; the
  // last word receives zeros. arriving [tags] is left with beta + the scores of word + 1, without what gold
  // excludes.
  __device__ void step_backward(int64_t word, double* beta, double* arriving) const {
    const int64_t tags = field.tags;
    __syncthreads();  // beta and arriving have been read
    for (int64_t t = threadIdx.x; t < tags; t += kThreads) {
      if (word == words - 1)
        beta[t] = 0;
      else
        arriving[t] = excludes(word + 1, t) ? -INFINITY : beta[t] + scores[(word + 1) * tags + t];
    }
    __syncthreads();
    if (word == words - 1) return;
    each_tag([&](int64_t s, int lane) {
      const double sum =
          warp_log_sum(tags, lane, [&](int64_t t) { return field.transitions[s * tags + t] + arriving[t]; });
      if (lane == 0) beta[s] = sum;
    });
  }
};

// f(sentence, shared memory of `doubles`) for every sentence that has words, by a block each.
template <typename F>
void each_sentence(const Cuda& cuda, const char* name, const Crf& field, size_t doubles, F f) {
  const int32_t* ranges = field.ranges;
  each_block(cuda, name, field.sentences, doubles, [=] __device__(int64_t sentence, double* shared) {
    if (ranges[2 * sentence + 1] > 0) f(sentence, shared);
  });
}

}  // namespace cuda
}  // namespace cdlm
