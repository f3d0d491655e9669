#include "ops/dropout_mask.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

void dropout(const Device& device, const float* x, Dropout dropping, float* y, int64_t rows, int64_t d) {
  const Vec factor = broadcast(dropping.scale);
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* from = x + row * d;
      float* to = y + row * d;
      each_column_kept(dropping, static_cast<uint32_t>(row), 0, d, [&](int64_t j, auto lanes, Mask kept) {
        store(to + j, select(kept, load(from + j, lanes) * factor, zero()), lanes);
      });
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
