// Forward and backward recursions of a linear chain, for kernel files.
//
// Messages are logarithms, relative to their largest entry, so nothing under- or overflows. A step costs
// `tags` exponentials and one product with e^transitions instead of tags² exponentials; an entry that this
// product leaves so small that dropped terms could matter is taken again term by term.
#pragma once

#include "ops/columns.h"
#include "ops/crf.h"
#include "ops/exponentials.h"
#include "ops/logarithm.h"
#include "ops/loops.h"
#include "ops/row_product.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Products of e^x ≤ 1 below this may miss terms that were flushed at e^-87 = 1e-38.
constexpr float kExactBelow = 1e-20f;

struct Chain {
  int64_t tags, stride;      // stride: tags rounded up to whole vectors
  const float* transitions;  // [tags + 1, tags]
  const float* from;         // e^(transitions - top): [tags, stride], row = tag before
  const float* to;           // its transpose: [tags, stride], row = tag after
  float top;                 // largest transition
  static int64_t floats(int64_t tags) { return 2 * tags * (tags + W); }
};

// memory: Chain::floats(tags)
static inline Chain prepare_chain(const Crf& field, float* memory) {
  const int64_t tags = field.tags, stride = blocks_of(tags, W) * W;
  Chain chain{tags, stride, field.transitions, memory, memory + tags * stride, 0};
  chain.top = largest_of(field.transitions, tags * tags);
  float *from = memory, *to = memory + tags * stride;
  const Vec shift = broadcast(chain.top);
  for (int64_t s = 0; s < tags; s++) {
    each_column(tags, [&](int64_t t, auto lanes) {
      const Vec e = exp(load(field.transitions + s * tags + t, lanes) - shift);
      store(from + s * stride + t, within(e, zero(), lanes));
    });
  }
  for (int64_t t = 0; t < tags; t++)
    for (int64_t s = 0; s < stride; s++) to[t * stride + s] = s < tags ? from[s * stride + t] : 0.0f;
  return chain;
}

// log Σ_k e^(a[k] + b[k · step]), k < n, term by term in float64.
static inline float exact_log_sum(const float* a, const float* b, int64_t step, int64_t n) {
  double top = -INFINITY, total = 0;
  for (int64_t k = 0; k < n; k++) {
    const double x = static_cast<double>(a[k]) + b[k * step];
    top = x > top ? x : top;
  }
  if (!(top > -INFINITY)) return static_cast<float>(top);
  for (int64_t k = 0; k < n; k++) total += std::exp(static_cast<double>(a[k]) + b[k * step] - top);
  return static_cast<float>(top + std::log(total));
}

// x -= its largest entry, which is returned; -inf everywhere but at `only`, if that is not negative. x:
// [stride].
CDLM_INLINE float settle(float* x, int32_t only, const Chain& chain) {
  if (only >= 0)
    for (int64_t t = 0; t < chain.tags; t++) x[t] = t == only ? x[t] : -INFINITY;
  const float top = largest_of(x, chain.stride);
  const Vec shift = broadcast(top);
  for (int64_t j = 0; j < chain.stride; j += W) store(x + j, load(x + j) - shift);
  return top;
}

// The message of the first word; returns what was subtracted. own: [tags]; next: [stride].
CDLM_INLINE float start_chain(const Chain& chain, const float* own, int32_t only, float* next) {
  const float* start = chain.transitions + chain.tags * chain.tags;
  each_column(chain.tags, [&](int64_t j, auto lanes) {
    store(next + j, within(load(start + j, lanes) + load(own + j, lanes), broadcast(-INFINITY), lanes));
  });
  return settle(next, only, chain);
}

// One word further; returns what was subtracted. before, next, weights: [stride]; own: [tags].
CDLM_INLINE float step_forward(const Chain& chain, const float* before, const float* own, int32_t only,
                               float* weights, float* next) {
  exponentials(before, 0.0f, weights, chain.stride);
  multiply_row(weights, chain.from, next, chain.tags, chain.stride);
  each_column(chain.tags, [&](int64_t j, auto lanes) {
    const Vec sum = load(next + j);
    const Vec value = log(sum) + broadcast(chain.top);
    // Entries to be taken again are marked by NaN, which no sum of exponentials is.
    store(next + j, select(less(sum, broadcast(kExactBelow)), broadcast(NAN), value));
    store(next + j, within(load(next + j) + load(own + j, lanes), broadcast(-INFINITY), lanes));
  });
  for (int64_t t = 0; t < chain.tags; t++)
    if (next[t] != next[t] && (only < 0 || t == only))
      next[t] = exact_log_sum(before, chain.transitions + t, chain.tags, chain.tags) + own[t];
  return settle(next, only, chain);
}

// The messages that word j receives from word j + 1. after: message of j + 1; own: scores of j + 1; only: its
// tag, if known. Leaves in `arriving` own + after less its largest entry, in `weights` the exponentials of
// that, in `sums` the product Σ_t e^(transitions[s, t] - top) · weights[t], and in `next` its logarithm. All
// [stride]. Returns what was subtracted.
struct Backward {
  float *arriving, *weights, *sums;
};
CDLM_INLINE float step_backward(const Chain& chain, const float* after, const float* own, int32_t only,
                                const Backward& work, float* next) {
  each_column(chain.tags, [&](int64_t j, auto lanes) {
    const Vec x = load(after + j, lanes) + load(own + j, lanes);
    store(work.arriving + j, within(x, broadcast(-INFINITY), lanes));
  });
  const float top = settle(work.arriving, only, chain);
  exponentials(work.arriving, 0.0f, work.weights, chain.stride);
  multiply_row(work.weights, chain.to, work.sums, chain.tags, chain.stride);
  each_column(chain.tags, [&](int64_t j, auto lanes) {
    const Vec value = log(load(work.sums + j)) + broadcast(chain.top);
    store(next + j, within(value, broadcast(-INFINITY), lanes));
  });
  for (int64_t s = 0; s < chain.tags; s++)
    if (work.sums[s] < kExactBelow)
      next[s] = exact_log_sum(work.arriving, chain.transitions + s * chain.tags, 1, chain.tags);
  return top;
}

// The message that the last word receives. next: [stride].
CDLM_INLINE void end_chain(const Chain& chain, float* next) {
  for (int64_t t = 0; t < chain.stride; t++) next[t] = t < chain.tags ? 0.0f : -INFINITY;
}

// Forward messages of a sentence, alpha: [words, stride]; gold: [words] of known tags, or null. Returns log
// Σ e^score over all sequences that agree with it.
static inline double run_forward(const Chain& chain, const float* scores, const int32_t* gold, int64_t words,
                                 float* weights, float* alpha) {
  const auto known = [gold](int64_t word) { return gold == nullptr ? -1 : gold[word]; };
  double total = start_chain(chain, scores, known(0), alpha);
  for (int64_t word = 1; word < words; word++)
    total += step_forward(chain, alpha + (word - 1) * chain.stride, scores + word * chain.tags, known(word),
                          weights, alpha + word * chain.stride);
  const float* last = alpha + (words - 1) * chain.stride;
  return total + std::log(static_cast<double>(sum_of_exponentials(last, 0.0f, chain.stride)));
}

// p = softmax(alpha + beta), the probabilities of one word's tags. alpha, beta, p: [stride].
CDLM_INLINE void tag_probabilities(const Chain& chain, const float* alpha, const float* beta, float* p) {
  for (int64_t j = 0; j < chain.stride; j += W) store(p + j, load(alpha + j) + load(beta + j));
  const float total = exponentials(p, largest_of(p, chain.stride), p, chain.stride);
  multiply_by(p, 1.0f / total, chain.stride);
}

// Sentences that make a task of enough work.
static inline int64_t sentences_per_task(const Crf& field) {
  return larger(1, kTaskElements / larger(1, field.longest * field.tags * (field.tags + 16) / 8));
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
