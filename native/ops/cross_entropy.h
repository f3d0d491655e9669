// Mean over words of -log softmax(logits)[gold], and its gradient. Words whose gold tag is negative do not
// count.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// logits: [words, tags]; gold: [words], each < tags; counted: how many of them are not negative; loss: [1], 0
// if none counts.
CDLM_KERNEL(void cross_entropy(const Device& device, const float* logits, const int32_t* gold,
                               int64_t counted, float* loss, int64_t words, int64_t tags))

// d_logits = (softmax(logits) - onehot(gold)) · d_loss / counted, 0 in the rows that do not count; logits,
// d_logits: [words, tags]; d_loss: [1]; d_logits may be logits.
CDLM_KERNEL(void cross_entropy_gradient(const Device& device, const float* logits, const int32_t* gold,
                                        int64_t counted, const float* d_loss, float* d_logits, int64_t words,
                                        int64_t tags))

}  // namespace cdlm
