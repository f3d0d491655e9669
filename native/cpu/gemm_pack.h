// Packing of an operand into panels, for both directions in which it may lie in memory.
#pragma once

#include "cpu/gemm_format.h"
#include "cpu/gemm_kernels.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Writes lanes of one word of K of a panel: `room` of them belong to it. A whole vector is written where it
// may run over into the next word, which is packed later.
CDLM_INLINE void put_word(float* to, Vec x, int room, bool may_run_over) {
  if (room >= W || may_run_over) {
    store(to, x);
  } else {
    store_partial(to, x, room);
  }
}

// n of `left`, not negative.
CDLM_INLINE int at_most(int64_t left, int n) { return left < 0 ? 0 : left < n ? static_cast<int>(left) : n; }

// Words [k0, k1) of a panel whose values along K are neighbours in memory: W × W squares are transposed on
// the way.
template <typename Format, int Width>
void pack_transposed(const OperandView& source, const PackedLayout& layout, int count, int64_t k0, int64_t k1,
                     float* panel /* [words, Width] */) {
  const int64_t words = layout.words(layout.depth);
  for (int64_t k = k0; k < k1; k += W) {
    const int filled = at_most(k1 - k, W);
    const int steps = at_most(layout.depth - k * Format::kSteps, W * Format::kSteps);
    // From the last vector on: where one runs over into the next word, the first vector of that word comes
    // after.
    for (int i = (Width - 1) / W * W; i >= 0; i -= W) {
      Vec square[W];
      CDLM_UNROLL
      for (int j = 0; j < W; ++j) {
        const float* from = source.data + (i + j) * source.step + k * Format::kSteps;
        square[j] = i + j >= count || i + j >= Width ? zero() : Format::along(from, steps);
      }
      transpose(square);
      if (filled == W && k1 < words) {
        CDLM_UNROLL
        for (int j = 0; j < W; ++j) store(panel + (k + j) * Width + i, square[j]);
      } else {
        CDLM_UNROLL
        for (int j = 0; j < W; ++j) {
          if (j < filled) put_word(panel + (k + j) * Width + i, square[j], Width - i, k + j + 1 < words);
        }
      }
    }
  }
}

// Words [k0, k1) of a panel whose rows are neighbours in memory.
template <typename Format, int Width>
void pack_straight(const OperandView& source, const PackedLayout& layout, int count, int64_t k0, int64_t k1,
                   float* panel /* [words, Width] */) {
  const int64_t words = layout.words(layout.depth);
  for (int64_t k = k0; k < k1; ++k) {
    const float* from = source.data + k * Format::kSteps * source.depth_step;
    const int steps = at_most(layout.depth - k * Format::kSteps, Format::kSteps);
    CDLM_UNROLL
    for (int i = 0; i < Width; i += W) {
      const int room = Width - i < W ? Width - i : W;
      const Vec x = Format::across(from + i, source.depth_step, at_most(count - i, room), steps);
      put_word(panel + k * Width + i, x, Width - i, k + 1 < words);
    }
  }
}

// Panels [first, last) of a block, a few words of K at a time, so that neighbouring panels share cache lines
// and pages.
template <typename Format, int Width>
void pack(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last, float* packed) {
  constexpr int64_t kWords = 4 * W < 32 ? 32 : 4 * W;
  const int64_t words = layout.words(layout.depth);
  for (int64_t k0 = 0; k0 < words; k0 += kWords) {
    const int64_t k1 = words - k0 < kWords ? words : k0 + kWords;
    for (int64_t p = first; p < last; ++p) {
      const int64_t begin = p * Width;
      const int count = at_most(layout.count - begin, Width);
      float* panel = packed + p * layout.panel_words();
      if (source.depth_step == 1) {
        pack_transposed<Format, Width>(source.at(begin, 0), layout, count, k0, k1, panel);
      } else {
        pack_straight<Format, Width>(source.at(begin, 0), layout, count, k0, k1, panel);
      }
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
