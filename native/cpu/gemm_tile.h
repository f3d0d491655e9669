// A tile of C that a task computes: register tile after register tile, and what follows the sum (the
// epilogue).
#pragma once

#include "cpu/gemm_micro.h"
#include "cpu/vec_math.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Asks for lines of C and of what goes with it: they are touched once in a few thousand cycles, and are there
// when the sums of the tile are done.
CDLM_INLINE void prefetch(const float* first, int64_t stride, int rows, int columns) {
  for (int i = 0; i < rows; ++i) {
    CDLM_PREFETCH_WRITE(first + i * stride);
    CDLM_PREFETCH_WRITE(first + i * stride + columns - 1);
  }
}

// The activation of a register tile: from sums [rows, columns] in the first cache to C. Offsets are from
// the tile's origin in C.
template <Activation A>
CDLM_INLINE void activate_vector(const GemmTile& t, int64_t offset, Vec x, int n) {
  if constexpr (A == Activation::gelu) {
    if (t.epilogue.pre_activation) store_lanes(t.epilogue.pre_activation + offset, x, n);
    x = gelu(x);
  } else {
    x *= gelu_derivative(load_lanes(t.epilogue.gelu_input + offset, n));
  }
  store_lanes(t.c + offset, x, n);
}
template <Activation A>
void activate(const GemmTile& t, int64_t origin, const float* sums, int stride, int rows, int columns) {
  for (int i = 0; i < rows; ++i, origin += t.ldc, sums += stride) {
    int j = 0;
    for (; j + W <= columns; j += W) activate_vector<A>(t, origin + j, load(sums + j), W);
    if (j < columns) activate_vector<A>(t, origin + j, load(sums + j), columns - j);
  }
}

// Where a tile's operands lie: packed, or in place if a word of K is contiguous already.
struct Source {
  const float* data;
  int64_t panel, step;  // words from one panel to the next, and from one word of K to the next
};

// Tile: the registers that hold the sums (VectorTile).
template <typename Tile>
void multiply_tile(const GemmTile& t, const Source& a, const Source& b, int64_t first_column) {
  const Activation activation = t.last ? t.epilogue.activation : Activation::none;
  alignas(64) float sums[Tile::kRows * Tile::kColumns];
  for (int64_t column = first_column; column < t.columns; column += Tile::kColumns) {
    const int columns =
        static_cast<int>(t.columns - column < Tile::kColumns ? t.columns - column : Tile::kColumns);
    MicroTile m{};
    m.a_step = a.step;
    m.b = b.data + column / Tile::kColumns * b.panel;
    m.b_step = b.step;
    m.words = t.words;
    m.add_stride = t.ldc;
    m.bias = t.last && t.epilogue.bias ? t.epilogue.bias + column : nullptr;
    m.columns = columns;
    for (int64_t row = 0; row < t.rows; row += Tile::kRows) {
      const int rows = static_cast<int>(t.rows - row < Tile::kRows ? t.rows - row : Tile::kRows);
      const int64_t origin = row * t.ldc + column;
      m.a = a.data + row / Tile::kRows * a.panel;
      m.add = t.load_c ? t.c + origin : nullptr;
      m.out = activation == Activation::none ? t.c + origin : sums;
      m.out_stride = activation == Activation::none ? t.ldc : Tile::kColumns;
      prefetch(t.c + origin, t.ldc, rows, columns);
      if (activation == Activation::gelu) {
        if (t.epilogue.pre_activation) prefetch(t.epilogue.pre_activation + origin, t.ldc, rows, columns);
        Tile::multiply(m, rows);
        activate<Activation::gelu>(t, origin, sums, Tile::kColumns, rows, columns);
      } else if (activation == Activation::gelu_gradient) {
        prefetch(t.epilogue.gelu_input + origin, t.ldc, rows, columns);
        Tile::multiply(m, rows);
        activate<Activation::gelu_gradient>(t, origin, sums, Tile::kColumns, rows, columns);
      } else {
        Tile::multiply(m, rows);
      }
    }
  }
}

template <typename Tile>
void compute_tile(const GemmTile& t) {
  multiply_tile<Tile>(t, {t.a, t.panel_a, Tile::kRows}, {t.b, t.panel_b, Tile::kColumns}, 0);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
