// Means of rows by group, their gradient, and the moving average that keeps groups without rows.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// means [groups, d]: mean of the rows of x [rows, d] with ids[row] = group, 0 for a group without rows; rows
// with a negative id do not count. counts: [groups], the rows of each.
CDLM_KERNEL(void group_mean(const Device& device, const float* x, const int32_t* ids, float* counts,
                            float* means, int64_t rows, int64_t groups, int64_t d))

// dx[row] = d_means[ids[row]] / counts[ids[row]], 0 where the id is negative.
CDLM_KERNEL(void group_mean_gradient(const Device& device, const float* d_means, const int32_t* ids,
                                     const float* counts, float* dx, int64_t rows, int64_t d))

// y = decay · old + (1 - decay) · mean in the rows of positive count, old in the others; all [groups, d];
// decay: [1]; y may be old. With old null: the gradient by mean, (1 - decay) · mean, 0 in the other rows.
CDLM_KERNEL(void moving_average(const Device& device, const float* old, const float* mean,
                                const float* counts, const float* decay, float* y, int64_t groups, int64_t d))

}  // namespace cdlm
