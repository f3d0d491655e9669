// Sums across rows, for kernel files: each task adds up a fixed block of rows into a partial sum of its own,
// and the partial sums are added in the order of the blocks.
#pragma once

#include "ops/columns.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Rows of `width` elements that share a partial sum: enough to make the partial sums a small part of the
// traffic.
static inline int64_t partial_rows(int64_t width) { return larger(64, task_rows(width)); }

// y = Σ of partials[block · stride … + d) over all blocks; y: [d].
static inline void add_partials(const Device& device, const float* partials, int64_t blocks, int64_t stride,
                                float* y, int64_t d) {
  const int64_t columns = larger(4 * W, kTaskElements / larger(1, blocks) / W * W);
  for_blocks(device, d, columns, [=](int64_t begin, int64_t end, int) {
    each_column(end - begin, [=](int64_t j, auto lanes) {
      Vec total = zero();
      for (int64_t block = 0; block < blocks; block++)
        total += load(partials + block * stride + begin + j, lanes);
      store(y + begin + j, total, lanes);
    });
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
