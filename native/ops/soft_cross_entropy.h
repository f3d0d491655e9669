// Cross-entropy against probabilities instead of one tag, and its gradient.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// Mean over words of -Σ target · log softmax(logits); logits, targets: [words, tags]; loss: [1], 0 without
// words.
CDLM_KERNEL(void soft_cross_entropy(const Device& device, const float* logits, const float* targets,
                                    float* loss, int64_t words, int64_t tags))

// d_logits = (softmax(logits) · Σ targets - targets) · d_loss / words; all [words, tags]; d_loss: [1];
// d_logits may be logits.
CDLM_KERNEL(void soft_cross_entropy_gradient(const Device& device, const float* logits, const float* targets,
                                             const float* d_loss, float* d_logits, int64_t words,
                                             int64_t tags))

}  // namespace cdlm
