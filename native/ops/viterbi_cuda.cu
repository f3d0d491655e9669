#include "cuda/launch.h"
#include "ops/viterbi.h"

namespace cdlm {
namespace cuda {
namespace {

// A sentence by one block. scores: [words, tags]; from: [words, tags], row 0 is not used; best: [words];
// rows: two rows of tags, in shared memory.
__device__ void decode(const float* scores, const float* transitions, int32_t* from, int32_t* best,
                       int64_t words, int64_t tags, float* rows) {
  float *score = rows, *next = rows + tags;
  for (int64_t t = threadIdx.x; t < tags; t += kThreads) score[t] = transitions[tags * tags + t] + scores[t];
  __syncthreads();
  for (int64_t word = 1; word < words; word++) {
    for (int64_t t = threadIdx.x; t < tags; t += kThreads) {
      float value = score[0] + transitions[t];
      int32_t before = 0;
      for (int32_t s = 1; s < tags; s++) {
        const float other = score[s] + transitions[s * tags + t];
        before = other > value ? s : before;
        value = other > value ? other : value;
      }
      next[t] = value + scores[word * tags + t];
      from[word * tags + t] = before;
    }
    __syncthreads();
    float* reached = next;
    next = score;
    score = reached;
  }
  if (threadIdx.x != 0) return;
  int32_t tag = 0;
  for (int32_t t = 1; t < tags; t++) tag = score[t] > score[tag] ? t : tag;
  for (int64_t word = words - 1; word > 0; word--) {
    best[word] = tag;
    tag = from[word * tags + tag];
  }
  best[0] = tag;
}

}  // namespace

void viterbi(const Cuda& cuda, const float* scores, const float* transitions, const int32_t* ranges,
             int32_t* best, int64_t words, int64_t sentences, int64_t, int64_t tags) {
  auto* from = reinterpret_cast<int32_t*>(cuda.scratch(static_cast<size_t>(words * tags)));
  each_element(cuda, "viterbi", words, [=] __device__(int64_t word) { best[word] = 0; });
  each_block(cuda, "viterbi", sentences, static_cast<size_t>(tags),
             [=] __device__(int64_t s, double* shared) {
               const int64_t first = ranges[2 * s], own = ranges[2 * s + 1];
               if (own > 0)
                 decode(scores + first * tags, transitions, from + first * tags, best + first, own, tags,
                        reinterpret_cast<float*>(shared));
             });
}

}  // namespace cuda
}  // namespace cdlm
