// Attention between the words of every sentence and the label nodes of that sentence (METHOD 3): softmax over
// a sentence's words, and the three products whose gradients are one another. Sentences are ranges of words
// that may leave gaps; node i of sentence s is row s · labels + i of the nodes.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

struct Segments {
  const int32_t* ranges;  // [sentences, 2]: first word and number of words
  int64_t sentences, longest, words;
};

// y = softmax of each column over the words of each sentence, 0 in gaps; x, y: [words, labels].
CDLM_KERNEL(void segment_softmax(const Device& device, const Segments& segments, const float* x, float* y,
                                 int64_t labels))

// dx = y ∘ (dy - Σ_words dy ∘ y).
CDLM_KERNEL(void segment_softmax_gradient(const Device& device, const Segments& segments, const float* y,
                                          const float* dy, float* dx, int64_t labels))

// u = a' q in every sentence; a: [words, labels], q: [words, d], u: [sentences · labels, d].
CDLM_KERNEL(void segment_matmul(const Device& device, const Segments& segments, const float* a,
                                const float* q, float* u, int64_t labels, int64_t d))

// q = a u in every sentence, 0 in gaps; shapes as above.
CDLM_KERNEL(void segment_expand(const Device& device, const Segments& segments, const float* a,
                                const float* u, float* q, int64_t labels, int64_t d))

// a = q u' in every sentence, 0 in gaps; shapes as above.
CDLM_KERNEL(void segment_scores(const Device& device, const Segments& segments, const float* q,
                                const float* u, float* a, int64_t labels, int64_t d))

// y = A u (or A' u) for the nodes of every sentence; adjacency A: [labels, labels]; u, y: [sentences ·
// labels, d].
CDLM_KERNEL(void graph_mix(const Device& device, const float* adjacency, bool transposed, const float* u,
                           float* y, int64_t sentences, int64_t labels, int64_t d))

// Gradient by A: Σ over sentences of dy u'; d_adjacency: [labels, labels].
CDLM_KERNEL(void graph_mix_gradient(const Device& device, const float* u, const float* dy, float* d_adjacency,
                                    int64_t sentences, int64_t labels, int64_t d))

}  // namespace cdlm
