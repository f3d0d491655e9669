// Packing, register tile and epilogue of the matrix product, per level.
#include "cpu/gemm_kernels.h"
#include "cpu/gemm_micro.h"
#include "cpu/gemm_pack.h"
#include "cpu/vec_math.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// x in C becomes what the epilogue says, while the tile is still in the first cache.
void finish(const GemmTile& t, int64_t row, int64_t column, int rows, int columns) {
  const Epilogue& e = t.epilogue;
  for (int i = 0; i < rows; ++i) {
    const int64_t offset = (row + i) * t.ldc + column;
    for (int j = 0; j < columns; j += W) {
      const int n = columns - j < W ? columns - j : W;
      float* c = t.c + offset + j;
      Vec x = n == W ? load(c) : load_partial(c, n);
      if (e.bias) x += n == W ? load(e.bias + column + j) : load_partial(e.bias + column + j, n);
      if (e.activation == Activation::gelu) {
        if (e.pre_activation) store_lanes(e.pre_activation + offset + j, x, n);
        x = gelu(x);
      } else if (e.activation == Activation::gelu_gradient) {
        const float* input = e.gelu_input + offset + j;
        x *= gelu_derivative(n == W ? load(input) : load_partial(input, n));
      }
      store_lanes(c, x, n);
    }
  }
}

void tile(const GemmTile& t) {
  const bool to_finish = t.last && (t.epilogue.bias || t.epilogue.activation != Activation::none);
  for (int64_t column = 0; column < t.columns; column += kTileColumns) {
    const int columns =
        static_cast<int>(t.columns - column < kTileColumns ? t.columns - column : kTileColumns);
    for (int64_t row = 0; row < t.rows; row += kTileRows) {
      const int rows = static_cast<int>(t.rows - row < kTileRows ? t.rows - row : kTileRows);
      const MicroTile micro{t.a + row / kTileRows * t.panel_a,
                            t.b + column / kTileColumns * t.panel_b,
                            t.depth,
                            t.c + row * t.ldc + column,
                            t.ldc,
                            columns,
                            t.load_c};
      multiply(micro, rows);
      if (to_finish) finish(t, row, column, rows, columns);
    }
  }
}

constexpr GemmKernels kKernels{
    kTileRows, kTileColumns, kDepthBlock, &pack<kTileRows, false>, &pack<kTileColumns, true>, &tile};

}  // namespace

void get_gemm_kernels(const GemmKernels** kernels) { *kernels = &kKernels; }

void gemm_small(const Gemm& g, float* scratch) {
  if (g.m <= 0 || g.n <= 0) return;
  const PackedLayout a{PackedType::f32, kTileRows, g.m, g.k}, b{PackedType::f32, kTileColumns, g.n, g.k};
  float* packed_b = scratch + (a.floats() + 15) / 16 * 16;
  pack<kTileRows, false>(view_a(g), a, 0, a.panels(), scratch);
  pack<kTileColumns, true>(view_b(g), b, 0, b.panels(), packed_b);
  tile({g.m, g.n, g.k, scratch, a.panel_floats(), packed_b, b.panel_floats(), g.c, g.ldc,
        g.epilogue.accumulate, true, g.epilogue});
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
