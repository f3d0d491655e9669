#include "cuda/crf_chain.h"

namespace cdlm {
namespace cuda {
namespace {

// log Σ e^… of what may follow a mention that ends in the tag `current`: anything but the tag `inside`. own:
// scores of the next word, beta: what it receives; [tags].
__device__ double log_of_rest(const Crf& field, const float* own, const double* beta, int64_t current,
                              int64_t inside) {
  const float* row = field.transitions + current * field.tags;
  double top = -INFINITY, total = 0;
  for (int64_t t = 0; t < field.tags; t++)
    if (t != inside) top = fmax(top, double{row[t]} + own[t] + beta[t]);
  for (int64_t t = 0; t < field.tags; t++)
    if (t != inside) total += exp(double{row[t]} + own[t] + beta[t] - top);
  return top + log(total);
}

// span: first word within the sentence, number of words, type. betas: [words, tags]; all: log Σ e^score.
__device__ double posterior(const ChainSentence& sentence, const double* betas, double all, int64_t first,
                            int64_t length, int64_t type) {
  const int64_t tags = sentence.field.tags, last = first + length - 1, begin = 1 + 2 * type,
                inside = begin + 1;
  double value = sentence.alpha[first * tags + begin] - all;
  int64_t current = begin;
  for (int64_t word = first + 1; word <= last; word++, current = inside)
    value +=
        double{sentence.field.transitions[current * tags + inside]} + sentence.scores[word * tags + inside];
  if (last < sentence.words - 1)
    value += log_of_rest(sentence.field, sentence.scores + (last + 1) * tags, betas + (last + 1) * tags,
                         current, inside);
  return exp(value);
}

}  // namespace

void crf_span_posteriors(const Cuda& cuda, const Crf& given, const int32_t* spans, int64_t count,
                         float* posteriors) {
  const Crf field = given;
  const int64_t tags = field.tags;
  double* alphas = cuda.scratch_doubles(static_cast<size_t>(2 * field.words * tags));
  double* all_betas = alphas + field.words * tags;
  each_sentence(cuda, "crfSpanPosterior", field, static_cast<size_t>(2 * tags),
                [=] __device__(int64_t s, double* shared) {
                  const ChainSentence sentence(field, s, alphas);
                  double* betas = all_betas + sentence.first * tags;
                  const double all = sentence.run_forward();
                  for (int64_t word = sentence.words - 1; word >= 0; word--) {
                    sentence.step_backward(word, shared, shared + tags);
                    for (int64_t t = threadIdx.x; t < tags; t += kThreads) betas[word * tags + t] = shared[t];
                  }
                  __syncthreads();
                  for (int64_t k = threadIdx.x; k < count; k += kThreads) {
                    const int64_t start = spans[3 * k] - sentence.first;
                    if (start >= 0 && start < sentence.words)
                      posteriors[k] = static_cast<float>(
                          posterior(sentence, betas, all, start, spans[3 * k + 1], spans[3 * k + 2]));
                  }
                });
}

}  // namespace cuda
}  // namespace cdlm
