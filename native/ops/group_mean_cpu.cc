#include "ops/columns.h"
#include "ops/group_mean.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

// A task owns a strip of columns and adds rows in the order of the batch, in float64: a group may hold a
// whole corpus.
void group_mean(const Device& device, const float* x, const int32_t* ids, float* counts, float* means,
                int64_t rows, int64_t groups, int64_t d) {
  for (int64_t group = 0; group < groups; group++) counts[group] = 0;
  for (int64_t row = 0; row < rows; row++)
    if (ids[row] >= 0) counts[ids[row]] += 1;
  constexpr int64_t kStrip = 32;
  const auto floats = static_cast<size_t>(2 * groups * kStrip);
  reserve_scratch(device, floats);
  for_blocks(device, d, kStrip, [&](int64_t begin, int64_t end, int worker) {
    auto* sums = reinterpret_cast<double*>(device.worker_scratch(worker, floats));
    const int64_t width = end - begin;
    for (int64_t k = 0; k < groups * width; k++) sums[k] = 0;
    for (int64_t row = 0; row < rows; row++) {
      if (ids[row] < 0) continue;
      double* sum = sums + ids[row] * width;
      const float* from = x + row * d + begin;
      for (int64_t j = 0; j < width; j++) sum[j] += from[j];
    }
    for (int64_t group = 0; group < groups; group++)
      for (int64_t j = 0; j < width; j++)
        means[group * d + begin + j] =
            counts[group] > 0 ? static_cast<float>(sums[group * width + j] / counts[group]) : 0.0f;
  });
}

void group_mean_gradient(const Device& device, const float* d_means, const int32_t* ids, const float* counts,
                         float* dx, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const bool counted = ids[row] >= 0;
      const float* from = d_means + (counted ? ids[row] : 0) * d;
      const Vec factor = broadcast(counted ? 1.0f / counts[ids[row]] : 0.0f);
      float* to = dx + row * d;
      each_column(d, [&](int64_t j, auto lanes) {
        store(to + j, counted ? load(from + j, lanes) * factor : zero(), lanes);
      });
    }
  });
}

void moving_average(const Device& device, const float* old, const float* mean, const float* counts,
                    const float* decay, float* y, int64_t groups, int64_t d) {
  for_blocks(device, groups, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t group = begin; group < end; group++) {
      const float fresh = counts[group] > 0 ? 1 - *decay : 0, kept = counts[group] > 0 ? *decay : 1;
      const int64_t at = group * d;
      each_column(d, [&](int64_t j, auto lanes) {
        Vec value = fresh > 0 ? load(mean + at + j, lanes) * broadcast(fresh) : zero();
        if (old != nullptr) value = fma(load(old + at + j, lanes), broadcast(kept), value);
        store(y + at + j, value, lanes);
      });
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
