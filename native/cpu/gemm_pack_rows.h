// Packing of A for matrix registers: for each run of kTileWords words along K, the rows of the panel one
// after the other, each with its words side by side.
#pragma once

#include "cpu/gemm_pack.h"

namespace cdlm {
namespace CDLM_LEVEL {

// One run that begins at word k0, of rows whose values along K are neighbours in memory.
template <typename Format, int Width>
void pack_run_along(const OperandView& source, int64_t depth, int count, int64_t k0,
                    float* run /* [Width, kTileWords] */) {
  for (int i = 0; i < Width; ++i)
    for (int k = 0; k < kTileWords; k += W) {
      const int64_t first = (k0 + k) * Format::kSteps;
      const int steps = at_most(depth - first, W * Format::kSteps);
      const Vec x = i < count ? Format::along(source.data + i * source.step + first, steps) : zero();
      store(run + i * kTileWords + k, x);
    }
}

// The same of rows that are neighbours in memory: W × W squares are transposed on the way.
template <typename Format, int Width>
void pack_run_across(const OperandView& source, int64_t depth, int count, int64_t k0,
                     float* run /* [Width, kTileWords] */) {
  for (int i = 0; i < Width; i += W)
    for (int k = 0; k < kTileWords; k += W) {
      Vec square[W];
      CDLM_UNROLL
      for (int j = 0; j < W; ++j) {
        const int64_t first = (k0 + k + j) * Format::kSteps;
        square[j] = Format::across(source.data + first * source.depth_step + i, source.depth_step,
                                   at_most(count - i, W), at_most(depth - first, Format::kSteps));
      }
      transpose(square);
      CDLM_UNROLL
      for (int j = 0; j < W; ++j) store(run + (i + j) * kTileWords + k, square[j]);
    }
}

template <typename Format, int Width>
void pack_rows(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last,
               float* packed) {
  static_assert(Width % W == 0 && kTileWords % W == 0, "whole vectors");
  const int64_t words = layout.words(layout.depth);
  for (int64_t k = 0; k < words; k += kTileWords) {
    for (int64_t p = first; p < last; ++p) {
      const OperandView panel = source.at(p * Width, 0);
      const int count = at_most(layout.count - p * Width, Width);
      float* run = packed + p * layout.panel_words() + k * Width;
      if (source.depth_step == 1) {
        pack_run_along<Format, Width>(panel, layout.depth, count, k, run);
      } else {
        pack_run_across<Format, Width>(panel, layout.depth, count, k, run);
      }
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
