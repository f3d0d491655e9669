// The largest entry of every row, and an identity that stops gradients.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

struct RowMax {
  const float* x;  // [rows, columns]
  int64_t rows, columns, first;
};

// y [rows] = largest of x[row, first …].
CDLM_KERNEL(void row_max(const Device& device, const RowMax& max, float* y))

// dx [rows, columns] = dy [rows] at the first largest entry of its row, 0 elsewhere.
CDLM_KERNEL(void row_max_gradient(const Device& device, const RowMax& max, const float* dy, float* dx))

}  // namespace cdlm
