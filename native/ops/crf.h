// Linear-chain conditional random field (Lafferty et al. 2001) over packed sentences: a sequence y has the
// score Σ scores[word, y_word] + transitions[y_before, y_word], the first word starting from row `tags` of
// the transitions. Every kernel works in the log domain; see crf_chain.h.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// Sentences and parameters of a field.
struct Crf {
  const float* scores;       // [words, tags]
  const float* transitions;  // [tags + 1, tags]
  const int32_t* ranges;     // [sentences, 2]: first word and number of words
  int64_t words, tags, sentences, longest;
};

// -Σ log p(gold | scores) / counted, summed over sentences; a word with a negative gold tag may have any tag.
// gold: [words], each < tags; counted: words with a tag, at least 1; loss: [1].
CDLM_KERNEL(void crf_loss(const Device& device, const Crf& field, const int32_t* gold, int64_t counted,
                          float* loss))

// Gradient of the same, times d_loss. d_scores: [words, tags], 0 outside the sentences; d_transitions: [tags
// + 1, tags].
CDLM_KERNEL(void crf_loss_gradient(const Device& device, const Crf& field, const int32_t* gold,
                                   int64_t counted, const float* d_loss, float* d_scores,
                                   float* d_transitions))

// p(tag of word = t | scores): [words, tags], 0 outside the sentences.
CDLM_KERNEL(void crf_marginals(const Device& device, const Crf& field, float* marginals))

// Probability that exactly this mention stands there: tag 1 + 2·type on its first word, 2 + 2·type on the
// others, and not 2 + 2·type on the word after it. spans: [count, 3]: first word, number of words, type, each
// inside one sentence; posteriors: [count].
CDLM_KERNEL(void crf_span_posteriors(const Device& device, const Crf& field, const int32_t* spans,
                                     int64_t count, float* posteriors))

}  // namespace cdlm
