// Rows of a table by id, and the sum of rows back into a table.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// y[i] = table[ids[i]]; table: [V, d]; ids: [rows], each in 0 … V - 1; y: [rows, d].
CDLM_KERNEL(void gather(const Device& device, const float* table, const int32_t* ids, float* y, int64_t rows,
                        int64_t d))

// y[v] = Σ of x[i] with ids[i] = v, added in the order of i, to what is there if it accumulates; x: [rows,
// d]; ids: [rows], each in 0 … entries - 1; y: [entries, d], all of it written.
CDLM_KERNEL(void scatter_rows(const Device& device, const float* x, const int32_t* ids, float* y,
                              int64_t rows, int64_t entries, int64_t d, bool accumulates))

}  // namespace cdlm
