// Distances between label vectors and the graph made of them (METHOD 2.3). Label sets are small, so the
// quadratic work is not worth more than simple loops.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// distances [n, n] between the rows of x [n, d].
CDLM_KERNEL(void pairwise_distance(const Device& device, const float* x, float* distances, int64_t n,
                                   int64_t d))

// dx[i] = Σ_j (d_distances[i, j] + d_distances[j, i]) (x[i] - x[j]) / distances[i, j]; rows that coincide
// have no direction and add nothing.
CDLM_KERNEL(void pairwise_distance_gradient(const Device& device, const float* x, const float* distances,
                                            const float* d_distances, float* dx, int64_t n, int64_t d))

// y = x / mean off the diagonal, 0 if that is 0; x, y: [n, n].
CDLM_KERNEL(void off_diagonal_normalise(const Device& device, const float* x, float* y, int64_t n))

// Its gradient: (dy - ⟨dy, y⟩ / (n (n - 1)) off the diagonal) / mean.
CDLM_KERNEL(void off_diagonal_normalise_gradient(const Device& device, const float* x, const float* y,
                                                 const float* dy, float* dx, int64_t n))

// S^-½ A S^-½ with A[i, j] = max(0, 1 - distances[i, j] / delta), 1 on the diagonal, and S the row sums of A.
// degrees: scratch [n].
CDLM_KERNEL(void normalised_adjacency(const Device& device, const float* distances, float delta,
                                      float* degrees, float* adjacency, int64_t n))

}  // namespace cdlm
