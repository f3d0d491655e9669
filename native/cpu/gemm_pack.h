// Packing of an operand into panels, for both directions in which it may lie in memory.
#pragma once

#include "cpu/gemm_kernels.h"
#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Writes lanes of one step of a panel: `room` values belong to the step. A whole vector is written where it
// may run over into the next step, which is packed later.
CDLM_INLINE void put_step(float* to, Vec x, int room, bool may_run_over) {
  if (room >= W || may_run_over) {
    store(to, x);
  } else {
    store_partial(to, x, room);
  }
}

// Steps [k0, k1) of a panel whose values along K are neighbours in memory: W × W squares are transposed on
// the way.
template <int Width>
void pack_transposed(const OperandView& source, int count, int64_t k0, int64_t k1, int64_t depth,
                     float* panel /* [depth, Width] */) {
  for (int64_t k = k0; k < k1; k += W) {
    const int steps = static_cast<int>(k1 - k < W ? k1 - k : W);
    for (int i = 0; i < Width; i += W) {
      Vec square[W];
      CDLM_UNROLL
      for (int j = 0; j < W; ++j) {
        const float* from = source.data + (i + j) * source.step + k;
        square[j] = i + j >= count || i + j >= Width ? zero()
                    : steps == W                     ? load(from)
                                                     : load_partial(from, steps);
      }
      transpose(square);
      if (steps == W && k1 < depth) {
        CDLM_UNROLL
        for (int j = 0; j < W; ++j) store(panel + (k + j) * Width + i, square[j]);
      } else {
        CDLM_UNROLL
        for (int j = 0; j < W; ++j) {
          if (j < steps) put_step(panel + (k + j) * Width + i, square[j], Width - i, k + j + 1 < depth);
        }
      }
    }
  }
}

// Steps [k0, k1) of a panel whose values are neighbours in memory themselves: they are copied.
template <int Width>
void pack_straight(const OperandView& source, int count, int64_t k0, int64_t k1, int64_t depth,
                   float* panel /* [depth, Width] */) {
  for (int64_t k = k0; k < k1; ++k) {
    const float* from = source.data + k * source.depth_step;
    CDLM_UNROLL
    for (int i = 0; i < Width; i += W) {
      const int room = Width - i < W ? Width - i : W, n = count - i < 0      ? 0
                                                          : count - i < room ? count - i
                                                                             : room;
      const Vec x = n == W ? load(from + i) : load_partial(from + i, n);
      put_step(panel + k * Width + i, x, Width - i, k + 1 < depth);
    }
  }
}

// Panels [first, last) of a block, a few steps of K at a time, so that neighbouring panels share cache lines
// and pages.
template <int Width>
void pack(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last, float* packed) {
  constexpr int64_t kSteps = 4 * W < 32 ? 32 : 4 * W;
  for (int64_t k0 = 0; k0 < layout.depth; k0 += kSteps) {
    const int64_t k1 = layout.depth - k0 < kSteps ? layout.depth : k0 + kSteps;
    for (int64_t p = first; p < last; ++p) {
      const int64_t begin = p * Width, left = layout.count - begin;
      const int count = static_cast<int>(left < Width ? left : Width);
      float* panel = packed + p * layout.panel_floats();
      if (source.depth_step == 1) {
        pack_transposed<Width>(source.at(begin, 0), count, k0, k1, layout.depth, panel);
      } else {
        pack_straight<Width>(source.at(begin, 0), count, k0, k1, layout.depth, panel);
      }
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
