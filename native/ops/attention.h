// Multi-head scaled dot-product attention within each sentence of a packed batch (Vaswani et al. 2017),
// streaming over keys as in FlashAttention (Dao et al. 2022): no buffer grows with the square of a length.
#pragma once

#include <cstdint>

#include "ops/dropout.h"

namespace cdlm {

// What forward and backward share. `d` = heads · size.
struct Attention {
  const float* qkv;       // [pieces, 3d]: queries, keys, values, each with its heads side by side
  const int32_t* ranges;  // [sentences, 2]: first piece and length, in order and without gaps
  int64_t sentences, longest, pieces, heads;
  int64_t size;      // columns of one head
  Dropout dropping;  // weight (piece i, head h, key j) draws column j of row i · heads + h
};

// context: [pieces, d]; log_sums: [pieces, heads], log Σ exp of each row of scaled scores.
CDLM_KERNEL(void attention(const Device& device, const Attention& call, float* context, float* log_sums))

// context, d_context: [pieces, d]; log_sums: [pieces, heads]; d_qkv: [pieces, 3d].
CDLM_KERNEL(void attention_gradient(const Device& device, const Attention& call, const float* context,
                                    const float* log_sums, const float* d_context, float* d_qkv))

}  // namespace cdlm
