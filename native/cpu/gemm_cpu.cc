// Packing, register tile and epilogue of the matrix product, per level.
#include "cpu/gemm_kernels.h"
#include "cpu/gemm_micro.h"
#include "cpu/gemm_pack.h"
#include "cpu/vec_math.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// One vector of C: x becomes what the epilogue says.
template <Activation A>
CDLM_INLINE void finish_vector(const Epilogue& e, float* c, int64_t offset, int64_t column, int n) {
  const bool whole = n == W;
  Vec x = whole ? load(c) : load_partial(c, n);
  if (e.bias) x += whole ? load(e.bias + column) : load_partial(e.bias + column, n);
  if constexpr (A == Activation::gelu) {
    if (e.pre_activation) store_lanes(e.pre_activation + offset, x, n);
    x = gelu(x);
  } else if constexpr (A == Activation::gelu_gradient) {
    x *= gelu_derivative(whole ? load(e.gelu_input + offset) : load_partial(e.gelu_input + offset, n));
  }
  store_lanes(c, x, n);
}

// The epilogue of a register tile, while it is still in the first cache.
template <Activation A>
void finish(const GemmTile& t, int64_t row, int64_t column, int rows, int columns) {
  const Epilogue e = t.epilogue;
  for (int i = 0; i < rows; ++i) {
    const int64_t offset = (row + i) * t.ldc + column;
    int j = 0;
    for (; j + W <= columns; j += W) finish_vector<A>(e, t.c + offset + j, offset + j, column + j, W);
    if (j < columns) finish_vector<A>(e, t.c + offset + j, offset + j, column + j, columns - j);
  }
}

void finish(const GemmTile& t, int64_t row, int64_t column, int rows, int columns) {
  switch (t.epilogue.activation) {
    case Activation::none:
      if (t.epilogue.bias) finish<Activation::none>(t, row, column, rows, columns);
      break;
    case Activation::gelu:
      finish<Activation::gelu>(t, row, column, rows, columns);
      break;
    case Activation::gelu_gradient:
      finish<Activation::gelu_gradient>(t, row, column, rows, columns);
      break;
  }
}

// What the epilogue will read or write besides C is asked for before the sums are computed, as C is.
CDLM_INLINE void prefetch_epilogue(const GemmTile& t, int64_t row, int64_t column, int rows, int columns) {
  const float* input = t.epilogue.activation == Activation::gelu_gradient ? t.epilogue.gelu_input : nullptr;
  float* output = t.epilogue.activation == Activation::gelu ? t.epilogue.pre_activation : nullptr;
  for (int i = 0; i < rows; ++i) {
    const int64_t first = (row + i) * t.ldc + column, last = first + columns - 1;
    if (input) {
      CDLM_PREFETCH_READ(input + first);
      CDLM_PREFETCH_READ(input + last);
    }
    if (output) {
      CDLM_PREFETCH_WRITE(output + first);
      CDLM_PREFETCH_WRITE(output + last);
    }
  }
}

void tile(const GemmTile& t) {
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
      if (t.last && t.epilogue.activation != Activation::none)
        prefetch_epilogue(t, row, column, rows, columns);
      multiply(micro, rows);
      if (t.last) finish(t, row, column, rows, columns);
    }
  }
}

constexpr GemmKernels kKernels{kTileRows,        kTileColumns,        kDepthBlock,
                               &pack<kTileRows>, &pack<kTileColumns>, &tile};

}  // namespace

void get_gemm_kernels(const GemmKernels** kernels) { *kernels = &kKernels; }

void gemm_small(const Gemm& g, float* scratch) {
  if (g.m <= 0 || g.n <= 0) return;
  const PackedLayout a{PackedType::f32, kTileRows, g.m, g.k}, b{PackedType::f32, kTileColumns, g.n, g.k};
  float* packed_b = scratch + (a.floats() + 15) / 16 * 16;
  pack<kTileRows>(view_a(g), a, 0, a.panels(), scratch);
  pack<kTileColumns>(view_b(g), b, 0, b.panels(), packed_b);
  tile({g.m, g.n, g.k, scratch, a.panel_floats(), packed_b, b.panel_floats(), g.c, g.ldc,
        g.epilogue.accumulate, true, g.epilogue});
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
