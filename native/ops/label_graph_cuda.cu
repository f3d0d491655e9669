#include "cuda/reduce.h"
#include "ops/label_graph.h"

namespace cdlm {
namespace cuda {
namespace {

// Mean of x [n, n] off the diagonal, found by one block; 0 where nothing is off it.
__device__ double mean_off_diagonal(const float* x, int64_t n, double* shared) {
  double total = 0;
  for (int64_t i = threadIdx.x; i < n * n; i += kThreads) total += i / n == i % n ? 0.0 : double{x[i]};
  total = block_sum(total, shared);
  return n > 1 ? total / static_cast<double>(n * (n - 1)) : 0.0;
}

}  // namespace

void pairwise_distance(const Cuda& cuda, const float* x, float* distances, int64_t n, int64_t d) {
  each_row(cuda, "pairwiseDistance", n * n, [=] __device__(int64_t pair, int lane) {
    const float *a = x + pair / n * d, *b = x + pair % n * d;
    float total = 0;
    for (int64_t k = lane; k < d; k += kWarp) total = fmaf(a[k] - b[k], a[k] - b[k], total);
    total = warp_sum(total);
    if (lane == 0) distances[pair] = sqrtf(total);
  });
}

void pairwise_distance_gradient(const Cuda& cuda, const float* x, const float* distances,
                                const float* d_distances, float* dx, int64_t n, int64_t d) {
  each_element(cuda, "pairwiseDistanceGradient", n * d, [=] __device__(int64_t at) {
    const int64_t i = at / d, k = at % d;
    float total = 0;
    for (int64_t j = 0; j < n; j++) {
      const float distance = distances[i * n + j];
      if (!(distance > 0)) continue;
      const float factor = (d_distances[i * n + j] + d_distances[j * n + i]) / distance;
      total = fmaf(factor, x[at] - x[j * d + k], total);
    }
    dx[at] = total;
  });
}

void off_diagonal_normalise(const Cuda& cuda, const float* x, float* y, int64_t n) {
  each_block(cuda, "offDiagonalNormalise", 1, kWarps, [=] __device__(int64_t, double* shared) {
    const double mean = mean_off_diagonal(x, n, shared);
    for (int64_t i = threadIdx.x; i < n * n; i += kThreads)
      y[i] = mean == 0 ? 0.0f : static_cast<float>(x[i] / mean);
  });
}

void off_diagonal_normalise_gradient(const Cuda& cuda, const float* x, const float* y, const float* dy,
                                     float* dx, int64_t n) {
  each_block(cuda, "offDiagonalNormaliseGradient", 1, kWarps, [=] __device__(int64_t, double* shared) {
    const double mean = mean_off_diagonal(x, n, shared);
    double dot = 0;
    for (int64_t i = threadIdx.x; i < n * n; i += kThreads) dot += double{dy[i]} * y[i];
    dot = block_sum(dot, shared);
    const double shift = n > 1 ? dot / static_cast<double>(n * (n - 1)) : 0.0;
    for (int64_t i = threadIdx.x; i < n * n; i += kThreads)
      dx[i] = mean == 0 ? 0.0f : static_cast<float>((dy[i] - (i / n == i % n ? 0.0 : shift)) / mean);
  });
}

void normalised_adjacency(const Cuda& cuda, const float* distances, float delta, float* degrees,
                          float* adjacency, int64_t n) {
  each_element(cuda, "normalisedAdjacency", n, [=] __device__(int64_t i) {
    float total = 0;
    for (int64_t j = 0; j < n; j++) {
      const float weight = 1 - distances[i * n + j] / delta;
      adjacency[i * n + j] = i == j ? 1.0f : fmaxf(weight, 0.0f);
      total += adjacency[i * n + j];
    }
    degrees[i] = total;
  });
  each_element(cuda, "normalisedAdjacency", n * n,
               [=] __device__(int64_t i) { adjacency[i] /= sqrtf(degrees[i / n] * degrees[i % n]); });
}

}  // namespace cuda
}  // namespace cdlm
