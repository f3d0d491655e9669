#include "ops/crf.h"
#include "ops/crf_chain.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Messages of one sentence. Backward messages are relative to sums that `dropped` keeps: beta of word j lacks
// dropped[j] + dropped[j + 1] + ….
struct Messages {
  float *alpha, *beta;  // [words, stride]
  double* dropped;      // [words]
};

void run_both_ways(const Chain& chain, const float* scores, int64_t words, const Backward& work,
                   const Messages& messages) {
  run_forward(chain, scores, nullptr, words, work.weights, messages.alpha);
  float* beta = messages.beta + (words - 1) * chain.stride;
  end_chain(chain, beta);
  messages.dropped[words - 1] = 0;
  for (int64_t word = words - 2; word >= 0; word--, beta -= chain.stride)
    messages.dropped[word] =
        step_backward(chain, beta, scores + (word + 1) * chain.tags, -1, work, beta - chain.stride);
}

// log Σ e^… of what may follow a mention that ends at `word` in the tag `inside`: anything but that tag.
double log_of_rest(const Chain& chain, const float* scores, const Messages& messages, int64_t word,
                   int64_t current, int64_t inside) {
  const float *own = scores + (word + 1) * chain.tags, *beta = messages.beta + (word + 1) * chain.stride;
  const float* row = chain.transitions + current * chain.tags;
  const auto term = [&](int64_t t) { return static_cast<double>(row[t]) + own[t] + beta[t]; };
  double top = -INFINITY, total = 0;
  for (int64_t t = 0; t < chain.tags; t++)
    if (t != inside && term(t) > top) top = term(t);
  for (int64_t t = 0; t < chain.tags; t++)
    if (t != inside) total += std::exp(term(t) - top);
  return top + std::log(total);
}

// span: first word within the sentence, number of words, type.
float posterior(const Chain& chain, const float* scores, const Messages& messages, int64_t words,
                const int64_t (&span)[3]) {
  const int64_t first = span[0], last = first + span[1] - 1;
  const int64_t begin = 1 + 2 * span[2], inside = begin + 1;
  const float *alpha = messages.alpha + first * chain.stride, *beta = messages.beta + first * chain.stride;
  // Both the mention and everything are measured from the first word on: the parts before it cancel.
  double value = static_cast<double>(alpha[begin]) - exact_log_sum(alpha, beta, 1, chain.tags);
  int64_t current = begin;
  for (int64_t word = first + 1; word <= last; word++, current = inside)
    value += static_cast<double>(chain.transitions[current * chain.tags + inside]) +
             scores[word * chain.tags + inside];
  for (int64_t word = first; word < last; word++) value -= messages.dropped[word];
  if (last < words - 1)
    value += log_of_rest(chain, scores, messages, last, current, inside) - messages.dropped[last];
  return static_cast<float>(std::exp(value));
}

}  // namespace

void crf_span_posteriors(const Device& device, const Crf& field, const int32_t* spans, int64_t count,
                         float* posteriors) {
  const Chain chain =
      prepare_chain(field, device.shared_scratch(static_cast<size_t>(Chain::floats(field.tags))));
  const int64_t stride = chain.stride, longest = field.longest;
  const auto floats = static_cast<size_t>(2 * longest + (2 * longest + 3) * stride);
  reserve_scratch(device, floats);
  for_blocks(device, field.sentences, sentences_per_task(field), [&](int64_t begin, int64_t end, int worker) {
    auto* dropped = reinterpret_cast<double*>(device.worker_scratch(worker, floats));
    auto* memory = reinterpret_cast<float*>(dropped + longest);
    const Backward work{memory, memory + stride, memory + 2 * stride};
    const Messages messages{memory + 3 * stride, memory + (3 + longest) * stride, dropped};
    for (int64_t s = begin; s < end; s++) {
      const int64_t first = field.ranges[2 * s], words = field.ranges[2 * s + 1];
      const float* scores = field.scores + first * field.tags;
      bool ready = false;
      for (int64_t k = 0; k < count; k++) {
        const int64_t start = spans[3 * k] - first;
        if (start < 0 || start >= words) continue;
        if (!ready) run_both_ways(chain, scores, words, work, messages);
        ready = true;
        posteriors[k] =
            posterior(chain, scores, messages, words, {start, spans[3 * k + 1], spans[3 * k + 2]});
      }
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
