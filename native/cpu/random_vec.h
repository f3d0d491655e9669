// The random stream of core/random.h, a vector at a time; the same numbers at every level.
#pragma once

#include "core/random.h"
#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Columns 64·block .. 64·block + 63 of one row of a stream.
CDLM_INLINE void random_block(uint32_t key0, uint32_t key1, uint32_t stream, uint32_t row, uint32_t block,
                              uint32_t* out /* [64] */) {
  static constexpr uint32_t kFirst[kRandomCounters] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const Ints multiplier0 = broadcast_ints(kPhiloxMultiplier0),
             multiplier1 = broadcast_ints(kPhiloxMultiplier1);
  for (int first = 0; first < kRandomCounters; first += W) {
    Ints c0 = load_ints(kFirst + first) + broadcast_ints(block * kRandomCounters);
    Ints c1 = broadcast_ints(row), c2 = broadcast_ints(stream), c3 = broadcast_ints(0);
    uint32_t k0 = key0, k1 = key1;
    for (int round = 0; round < kPhiloxRounds; ++round) {
      Ints high0, low0, high1, low1;
      multiply_wide(multiplier0, c0, &high0, &low0);
      multiply_wide(multiplier1, c2, &high1, &low1);
      c0 = high1 ^ c1 ^ broadcast_ints(k0);
      c1 = low1;
      c2 = high0 ^ c3 ^ broadcast_ints(k1);
      c3 = low0;
      k0 += kPhiloxWeyl0;
      k1 += kPhiloxWeyl1;
    }
    store_ints(out + first, c0);
    store_ints(out + first + kRandomCounters, c1);
    store_ints(out + first + 2 * kRandomCounters, c2);
    store_ints(out + first + 3 * kRandomCounters, c3);
  }
}

// out[i] = element column0 + i of the row, i < n; equal to random_at of core/random.h.
static inline void random_row(uint32_t key0, uint32_t key1, uint32_t stream, uint32_t row, uint32_t column0,
                              int64_t n, uint32_t* out /* [n] */) {
  uint32_t block = column0 / kRandomBlock, skip = column0 % kRandomBlock;
  uint32_t whole[kRandomBlock];
  for (int64_t done = 0; done < n; ++block, skip = 0) {
    const int64_t count = n - done < kRandomBlock - skip ? n - done : kRandomBlock - skip;
    if (count == kRandomBlock) {
      random_block(key0, key1, stream, row, block, out + done);
    } else {
      random_block(key0, key1, stream, row, block, whole);
      std::memcpy(out + done, whole + skip, static_cast<size_t>(count) * sizeof(uint32_t));
    }
    done += count;
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
