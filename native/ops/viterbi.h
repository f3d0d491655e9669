// The best tag sequence of each sentence. Viterbi 1967; Forney 1973.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// scores: [words, tags]; transitions: [tags + 1, tags], from row to column, the last row from the start;
// ranges: [sentences, 2], first word and number of words, disjoint; longest: the largest number of words;
// best: [words], 0 outside the sentences. Ties go to the lower tag.
CDLM_KERNEL(void viterbi(const Device& device, const float* scores, const float* transitions,
                         const int32_t* ranges, int32_t* best, int64_t words, int64_t sentences,
                         int64_t longest, int64_t tags))

}  // namespace cdlm
