#include "ops/columns.h"
#include "ops/label_graph.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Mean of x [n, n] off the diagonal; 0 where nothing is off it.
double mean_off_diagonal(const float* x, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) total += i == j ? 0.0 : x[i * n + j];
  return n > 1 ? total / static_cast<double>(n * (n - 1)) : 0.0;
}

}  // namespace

void pairwise_distance(const Device& device, const float* x, float* distances, int64_t n, int64_t d) {
  for_blocks(device, n, task_rows(n * d), [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++)
      for (int64_t j = 0; j < n; j++) {
        const float *a = x + i * d, *b = x + j * d;
        distances[i * n + j] = std::sqrt(sum_columns(d, [&](int64_t k, auto lanes) {
          const Vec gap = load(a + k, lanes) - load(b + k, lanes);
          return gap * gap;
        }));
      }
  });
}

void pairwise_distance_gradient(const Device& device, const float* x, const float* distances,
                                const float* d_distances, float* dx, int64_t n, int64_t d) {
  for_blocks(device, n, task_rows(n * d), [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++) {
      float* to = dx + i * d;
      std::memset(to, 0, static_cast<size_t>(d) * sizeof(float));
      for (int64_t j = 0; j < n; j++) {
        const float distance = distances[i * n + j];
        if (!(distance > 0)) continue;
        const Vec factor = broadcast((d_distances[i * n + j] + d_distances[j * n + i]) / distance);
        each_column(d, [&](int64_t k, auto lanes) {
          const Vec gap = load(x + i * d + k, lanes) - load(x + j * d + k, lanes);
          store(to + k, fma(factor, gap, load(to + k, lanes)), lanes);
        });
      }
    }
  });
}

void off_diagonal_normalise(const Device&, const float* x, float* y, int64_t n) {
  const double mean = mean_off_diagonal(x, n);
  for (int64_t k = 0; k < n * n; k++) y[k] = mean == 0 ? 0.0f : static_cast<float>(x[k] / mean);
}

void off_diagonal_normalise_gradient(const Device&, const float* x, const float* y, const float* dy,
                                     float* dx, int64_t n) {
  const double mean = mean_off_diagonal(x, n);
  double dot = 0;
  for (int64_t k = 0; k < n * n; k++) dot += static_cast<double>(dy[k]) * y[k];
  const double shift = n > 1 ? dot / static_cast<double>(n * (n - 1)) : 0.0;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      dx[i * n + j] = mean == 0 ? 0.0f : static_cast<float>((dy[i * n + j] - (i == j ? 0.0 : shift)) / mean);
}

void normalised_adjacency(const Device&, const float* distances, float delta, float* degrees,
                          float* adjacency, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    degrees[i] = 0;
    for (int64_t j = 0; j < n; j++) {
      const float weight = 1 - distances[i * n + j] / delta;
      const float entry = i == j ? 1.0f : weight > 0 ? weight : 0.0f;
      adjacency[i * n + j] = entry;
      degrees[i] += entry;
    }
  }
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) adjacency[i * n + j] /= std::sqrt(degrees[i] * degrees[j]);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
