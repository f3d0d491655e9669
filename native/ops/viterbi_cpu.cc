#include <cstring>

#include "ops/loops.h"
#include "ops/viterbi.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// One word further: next[t] = max over s of score[s] + transitions[s, t], plus the word's own score, and
// where from. score, own, next: [tags]; from: [tags]. The loop over t has no dependence, so compilers turn it
// into vectors.
void advance(const float* score, const float* transitions, const float* own, float* next, int32_t* from,
             int64_t tags) {
  for (int64_t t = 0; t < tags; t++) {
    next[t] = score[0] + transitions[t];
    from[t] = 0;
  }
  for (int32_t s = 1; s < tags; s++) {
    const float* row = transitions + s * tags;
    const float reached = score[s];
    for (int64_t t = 0; t < tags; t++) {
      const float value = reached + row[t];
      const bool better = value > next[t];
      next[t] = better ? value : next[t];
      from[t] = better ? s : from[t];
    }
  }
  for (int64_t t = 0; t < tags; t++) next[t] += own[t];
}

// scores: [words, tags]; best: [words]; scratch: [words + 2, tags].
void decode(const float* scores, const float* transitions, int32_t* best, int64_t words, int64_t tags,
            float* scratch) {
  float *score = scratch, *next = scratch + tags;
  auto* from = reinterpret_cast<int32_t*>(scratch + 2 * tags);  // [words, tags]; row 0 is not used
  for (int64_t t = 0; t < tags; t++) score[t] = transitions[tags * tags + t] + scores[t];
  for (int64_t word = 1; word < words; word++) {
    advance(score, transitions, scores + word * tags, next, from + word * tags, tags);
    float* reached = next;
    next = score;
    score = reached;
  }
  int32_t tag = 0;
  for (int32_t t = 1; t < tags; t++)
    if (score[t] > score[tag]) tag = t;
  for (int64_t word = words - 1; word > 0; word--) {
    best[word] = tag;
    tag = from[word * tags + tag];
  }
  best[0] = tag;
}

}  // namespace

void viterbi(const Device& device, const float* scores, const float* transitions, const int32_t* ranges,
             int32_t* best, int64_t words_in_all, int64_t sentences, int64_t longest, int64_t tags) {
  if (words_in_all > 0) std::memset(best, 0, static_cast<size_t>(words_in_all) * sizeof(int32_t));
  reserve_scratch(device, static_cast<size_t>((longest + 2) * tags));
  // Sentences that make a task of enough work.
  const int64_t group = larger(1, 4 * kTaskElements / larger(1, longest * tags * tags));
  for_blocks(device, sentences, group, [&](int64_t begin, int64_t end, int worker) {
    float* scratch = device.worker_scratch(worker, static_cast<size_t>((longest + 2) * tags));
    for (int64_t s = begin; s < end; s++) {
      const int64_t first = ranges[2 * s], words = ranges[2 * s + 1];
      if (words > 0) decode(scores + first * tags, transitions, best + first, words, tags, scratch);
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
