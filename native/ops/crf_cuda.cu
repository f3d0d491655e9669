#include "cuda/column_sums.h"
#include "cuda/crf_chain.h"

namespace cdlm {
namespace cuda {
namespace {

__device__ int64_t count_known(const int32_t* gold, int64_t words) {
  int64_t known = 0;
  for (int64_t word = 0; word < words; word++) known += gold[word] >= 0;
  return known;
}

// Adds `sign` · expected counts to d_scores and to counts [tags + 1, tags], whose last row is the start's.
// shared: 2 · tags doubles. Thread k owns entries k, k + kThreads, … of both.
__device__ void add_expectations(const ChainSentence& sentence, double sign, double* shared, float* d_scores,
                                 double* counts) {
  const int64_t tags = sentence.field.tags;
  const float* transitions = sentence.field.transitions;
  double *beta = shared, *arriving = shared + tags;
  const double all = sentence.run_forward();
  for (int64_t word = sentence.words - 1; word >= 0; word--) {
    sentence.step_backward(word, beta, arriving);
    const double* alpha = sentence.alpha + word * tags;
    for (int64_t t = threadIdx.x; t < tags; t += kThreads) {
      const double p = sign * exp(alpha[t] + beta[t] - all);
      d_scores[word * tags + t] += static_cast<float>(p);
      if (word == 0) counts[tags * tags + t] += p;
    }
    for (int64_t k = threadIdx.x; k < tags * tags && word < sentence.words - 1; k += kThreads)
      counts[k] += sign * exp(alpha[k / tags] + transitions[k] + arriving[k % tags] - all);
  }
}

}  // namespace

void crf_loss(const Cuda& cuda, const Crf& given, const int32_t* gold, int64_t counted, float* loss) {
  const Crf field = given;
  double* losses = cuda.scratch_doubles(static_cast<size_t>(field.sentences + field.words * field.tags));
  double* alphas = losses + field.sentences;
  each_block(cuda, "crfLoss", field.sentences, 0, [=] __device__(int64_t s, double*) {
    ChainSentence sentence(field, s, alphas);
    double value = 0;
    if (count_known(gold + sentence.first, sentence.words) > 0) {
      value = sentence.run_forward();
      sentence.gold = gold + sentence.first;
      value -= sentence.run_forward();
    }
    if (threadIdx.x == 0) losses[s] = value;
  });
  add_up(cuda, "crfLoss", losses, field.sentences, 1.0 / static_cast<double>(counted), loss);
}

void crf_loss_gradient(const Cuda& cuda, const Crf& given, const int32_t* gold, int64_t counted,
                       const float* d_loss, float* d_scores, float* d_transitions) {
  const Crf field = given;
  const int64_t tags = field.tags, size = (tags + 1) * tags;
  double* counts = cuda.scratch_doubles(static_cast<size_t>(field.sentences * size + field.words * tags));
  double* alphas = counts + field.sentences * size;
  const auto divisor = static_cast<float>(counted);
  each_element(cuda, "crfLossGradient", field.words * tags, [=] __device__(int64_t i) { d_scores[i] = 0; });
  each_element(cuda, "crfLossGradient", field.sentences * size, [=] __device__(int64_t i) { counts[i] = 0; });
  each_sentence(cuda, "crfLossGradient", field, static_cast<size_t>(2 * tags),
                [=] __device__(int64_t s, double* shared) {
                  ChainSentence sentence(field, s, alphas);
                  if (count_known(gold + sentence.first, sentence.words) == 0) return;
                  float* to = d_scores + sentence.first * tags;
                  add_expectations(sentence, 1, shared, to, counts + s * size);
                  sentence.gold = gold + sentence.first;
                  add_expectations(sentence, -1, shared, to, counts + s * size);
                });
  each_element(cuda, "crfLossGradient", field.words * tags,
               [=] __device__(int64_t i) { d_scores[i] *= *d_loss / divisor; });
  each_element(cuda, "crfLossGradient", size, [=] __device__(int64_t i) {
    double total = 0;
    for (int64_t s = 0; s < field.sentences; s++) total += counts[s * size + i];
    d_transitions[i] = static_cast<float>(total * (*d_loss / divisor));
  });
}

void crf_marginals(const Cuda& cuda, const Crf& given, float* marginals) {
  const Crf field = given;
  const int64_t tags = field.tags;
  double* alphas = cuda.scratch_doubles(static_cast<size_t>(field.words * tags));
  each_element(cuda, "crfMarginals", field.words * tags, [=] __device__(int64_t i) { marginals[i] = 0; });
  each_sentence(cuda, "crfMarginals", field, static_cast<size_t>(2 * tags),
                [=] __device__(int64_t s, double* shared) {
                  const ChainSentence sentence(field, s, alphas);
                  const double all = sentence.run_forward();
                  for (int64_t word = sentence.words - 1; word >= 0; word--) {
                    sentence.step_backward(word, shared, shared + tags);
                    for (int64_t t = threadIdx.x; t < tags; t += kThreads)
                      marginals[(sentence.first + word) * tags + t] =
                          static_cast<float>(exp(sentence.alpha[word * tags + t] + shared[t] - all));
                  }
                });
}

}  // namespace cuda
}  // namespace cdlm
