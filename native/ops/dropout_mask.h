// Dropout inside the loop over the columns of a row, for kernel files.
#pragma once

#include "cpu/random_vec.h"
#include "ops/columns.h"
#include "ops/dropout.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Calls f(j, lanes, kept) over the columns of a row; kept tells, per lane, whether dropout keeps column first
// + j, where `first` is a multiple of kRandomBlock.
template <typename F>
CDLM_INLINE void each_column_kept(const Dropout& dropping, uint32_t row, int64_t first, int64_t n,
                                  const F& f) {
  uint32_t random[kRandomBlock] = {};
  const Ints threshold = broadcast_ints(dropping.threshold);
  const auto block = static_cast<uint32_t>(first / kRandomBlock);
  for (int64_t begin = 0; begin < n; begin += kRandomBlock) {
    // Nothing is drawn where nothing is dropped: zeros reach a threshold of zero.
    if (dropping.threshold != 0)
      random_block(dropping.key0, dropping.key1, dropping.stream, row,
                   block + static_cast<uint32_t>(begin / kRandomBlock), random);
    const int64_t count = n - begin < kRandomBlock ? n - begin : kRandomBlock;
    each_column(count, [&](int64_t j, auto lanes) {
      f(begin + j, lanes, at_least(load_ints(random + j), threshold));
    });
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
