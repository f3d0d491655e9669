#include "cuda/launch.h"
#include "ops/group_mean.h"

namespace cdlm {
namespace cuda {

// A thread per group and column adds rows in the order of the batch, in float64; groups are few.
void group_mean(const Cuda& cuda, const float* x, const int32_t* ids, float* counts, float* means,
                int64_t rows, int64_t groups, int64_t d) {
  each_element(cuda, "groupMean", groups, [=] __device__(int64_t group) {
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++) count += ids[row] == group;
    counts[group] = static_cast<float>(count);
  });
  each_element(cuda, "groupMean", groups * d, [=] __device__(int64_t i) {
    const int64_t group = i / d, j = i % d;
    double total = 0;
    for (int64_t row = 0; row < rows; row++)
      if (ids[row] == group) total += x[row * d + j];
    means[i] = counts[group] > 0 ? static_cast<float>(total / counts[group]) : 0.0f;
  });
}

void group_mean_gradient(const Cuda& cuda, const float* d_means, const int32_t* ids, const float* counts,
                         float* dx, int64_t rows, int64_t d) {
  each_element(cuda, "groupMeanGradient", rows * d, [=] __device__(int64_t i) {
    const int32_t group = ids[i / d];
    dx[i] = group >= 0 ? d_means[group * d + i % d] * (1.0f / counts[group]) : 0.0f;
  });
}

void moving_average(const Cuda& cuda, const float* old, const float* mean, const float* counts,
                    const float* decay, float* y, int64_t groups, int64_t d) {
  each_element(cuda, "movingAverage", groups * d, [=] __device__(int64_t i) {
    const bool counted = counts[i / d] > 0;
    const float fresh = counted ? 1 - *decay : 0, kept = counted ? *decay : 1;
    const float value = fresh > 0 ? mean[i] * fresh : 0.0f;
    y[i] = old == nullptr ? value : fmaf(old[i], kept, value);
  });
}

}  // namespace cuda
}  // namespace cdlm
