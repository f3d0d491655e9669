// A share of the elements set to zero and the others scaled to make up for it. Srivastava et al. 2014. Masks
// are never stored: whoever needs one again draws the same random numbers (core/random.h).
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

struct OpCall;
struct Tensor;

// How an op drops elements: an element is dropped if its random number is below `threshold`.
struct Dropout {
  uint32_t key0, key1, stream;
  uint32_t threshold;  // floor(rate · 2^32); 0 drops nothing
  float scale;         // of the elements kept, 1 / (1 - rate)
};

// From the attributes `rate` in [0, 1) and `stream`, and the key, i32 [2]. Throws SHAPE_MISMATCH.
Dropout dropout_of(const OpCall& call, const Tensor& key);

// x, y: [rows, d]; element (row, j) draws column j of the row; y may be x.
CDLM_KERNEL(void dropout(const Device& device, const float* x, Dropout dropping, float* y, int64_t rows,
                         int64_t d))

}  // namespace cdlm
