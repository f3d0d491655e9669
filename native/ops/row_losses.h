// Losses of the auxiliary task and of the implicit counterfactual, and their gradients. Rows whose mark is
// negative do not count; `counted` is at least 1.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// Mean of -t log σ(z) - (1 - t) log(1 - σ(z)); logits, targets: [n]; loss: [1].
CDLM_KERNEL(void binary_cross_entropy(const Device& device, const float* logits, const float* targets,
                                      float* loss, int64_t n))

// (σ(z) - t) · d_loss / n; d_loss: [1].
CDLM_KERNEL(void binary_cross_entropy_gradient(const Device& device, const float* logits,
                                               const float* targets, const float* d_loss, float* d_logits,
                                               int64_t n))

// Which loss of a row of logits [tags].
enum class RowLoss {
  uniform_kl,    // KL(uniform ‖ softmax)
  unlikelihood,  // -log(1 - softmax[mark])
};

// Rows of logits and what marks them.
struct MarkedRows {
  const float* logits;   // [rows, tags]
  const int32_t* marks;  // [rows]
  int64_t rows, tags, counted;
};

// loss: [1], the mean over the rows that count.
CDLM_KERNEL(void row_loss(const Device& device, RowLoss kind, const MarkedRows& rows, float* loss))

// d_logits: [rows, tags], 0 in the rows that do not count.
CDLM_KERNEL(void row_loss_gradient(const Device& device, RowLoss kind, const MarkedRows& rows,
                                   const float* d_loss, float* d_logits))

}  // namespace cdlm
