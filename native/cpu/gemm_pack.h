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

// Values along K are neighbours in memory: W × W squares are transposed on the way.
template <int Width>
void pack_transposed(const OperandView& source, int count, int64_t depth, float* panel /* [depth, Width] */) {
  for (int64_t k = 0; k < depth; k += W) {
    const int steps = static_cast<int>(depth - k < W ? depth - k : W);
    for (int i = 0; i < Width; i += W) {
      Vec square[W];
      for (int j = 0; j < W; ++j) {
        const float* from = source.data + (i + j) * source.step + k;
        square[j] = i + j >= count || i + j >= Width ? zero()
                    : steps == W                     ? load(from)
                                                     : load_partial(from, steps);
      }
      transpose(square);
      for (int j = 0; j < steps; ++j)
        put_step(panel + (k + j) * Width + i, square[j], Width - i, k + j + 1 < depth);
    }
  }
}

// Values along the panel are neighbours in memory: they are copied.
template <int Width>
void pack_straight(const OperandView& source, int count, int64_t depth, float* panel /* [depth, Width] */) {
  for (int64_t k = 0; k < depth; ++k) {
    const float* from = source.data + k * source.depth_step;
    for (int i = 0; i < Width; i += W) {
      const int n = count - i < 0 ? 0 : count - i < W ? count - i : W;
      put_step(panel + k * Width + i, n == W ? load(from + i) : load_partial(from + i, n), Width - i,
               k + 1 < depth);
    }
  }
}

// Panels [first, last) of a block.
template <int Width, bool IsB>
void pack(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last, float* packed) {
  for (int64_t p = first; p < last; ++p) {
    const int64_t begin = p * Width, left = layout.count - begin;
    const int count = static_cast<int>(left < Width ? left : Width);
    float* panel = packed + p * layout.panel_floats();
    if (source.depth_step == 1) {
      pack_transposed<Width>(source.at(begin, 0), count, layout.depth, panel);
    } else {
      pack_straight<Width>(source.at(begin, 0), count, layout.depth, panel);
    }
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
