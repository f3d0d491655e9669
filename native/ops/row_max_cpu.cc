#include <algorithm>

#include "ops/loops.h"
#include "ops/row_max.h"

namespace cdlm {
namespace CDLM_LEVEL {

namespace {

int64_t largest(const RowMax& max, int64_t row) {
  const float* x = max.x + row * max.columns;
  return std::max_element(x + max.first, x + max.columns) - x;
}

}  // namespace

void row_max(const Device& device, const RowMax& max, float* y) {
  for_blocks(device, max.rows, task_rows(max.columns), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) y[row] = max.x[row * max.columns + largest(max, row)];
  });
}

void row_max_gradient(const Device& device, const RowMax& max, const float* dy, float* dx) {
  for_blocks(device, max.rows, task_rows(max.columns), [&](int64_t begin, int64_t end, int) {
    std::fill(dx + begin * max.columns, dx + end * max.columns, 0.0f);
    for (int64_t row = begin; row < end; row++) dx[row * max.columns + largest(max, row)] = dy[row];
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
