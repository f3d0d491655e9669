#include "ops/dropout_mask.h"
#include "ops/loops.h"
#include "ops/normalise.h"
#include "ops/residual_norm.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// sum = dropout(x) + residual; all [d]. Returns Σ sum.
float add_dropped(const float* x, const float* residual, const Dropout& dropping, uint32_t row,
                  float* sum_row, int64_t d) {
  const Vec factor = broadcast(dropping.scale);
  Vec total = zero();
  each_column_kept(dropping, row, 0, d, [&](int64_t j, auto lanes, Mask kept) {
    const Vec value = select(kept, load(x + j, lanes) * factor, zero()) + load(residual + j, lanes);
    store(sum_row + j, value, lanes);
    total += value;
  });
  return sum(total);
}

}  // namespace

void residual_norm(const Device& device, const float* x, const float* residual, const float* gamma,
                   const float* beta, Dropout dropping, float epsilon, float* total, float* y,
                   float* statistics, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t at = row * d;
      const float all =
          add_dropped(x + at, residual + at, dropping, static_cast<uint32_t>(row), total + at, d);
      normalise(total + at, all, gamma, beta, epsilon, y + at, statistics + 2 * row, d);
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
