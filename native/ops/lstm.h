// Long short-term memory over the words of every sentence (lib/graph/ops/lstm.ts), and its gradient. Gates
// stand in the order input, forget, cell, output. Sentences run in parallel, the words of one in turn.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

struct Lstm {
  const int32_t* ranges;  // [sentences, 2]: first word and number of words
  int64_t sentences, longest, words, width;
  const float* gates;      // [words, 4 · width]
  const float* recurrent;  // [4 · width, width]
};

// states, cells: [words, width]; 0 in gaps.
CDLM_KERNEL(void lstm(const Device& device, const Lstm& net, float* states, float* cells))

// d_gates: [words, 4 · width]; before: [words, width], the state before each word; both 0 in gaps.
CDLM_KERNEL(void lstm_gradient(const Device& device, const Lstm& net, const float* states, const float* cells,
                               const float* d_states, float* d_gates, float* before))

}  // namespace cdlm
