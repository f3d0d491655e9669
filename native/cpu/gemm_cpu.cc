// Packing, register tile and epilogue of the matrix product, per level.
#include "cpu/gemm_kernels.h"
#include "cpu/gemm_micro.h"
#include "cpu/gemm_pack.h"
#include "cpu/vec_math.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Asks for lines of C and of what goes with it: they are touched once in a few thousand cycles, and are there
// when the sums of the tile are done.
CDLM_INLINE void prefetch(const float* first, int64_t stride, int rows, int columns) {
  for (int i = 0; i < rows; ++i) {
    CDLM_PREFETCH_WRITE(first + i * stride);
    CDLM_PREFETCH_WRITE(first + i * stride + columns - 1);
  }
}

// The activation of a register tile: from sums [rows, kTileColumns] in the first cache to C. Offsets are from
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
void activate(const GemmTile& t, int64_t origin, const float* sums, int rows, int columns) {
  for (int i = 0; i < rows; ++i, origin += t.ldc, sums += kTileColumns) {
    int j = 0;
    for (; j + W <= columns; j += W) activate_vector<A>(t, origin + j, load(sums + j), W);
    if (j < columns) activate_vector<A>(t, origin + j, load(sums + j), columns - j);
  }
}

// Where a tile's operands lie: packed, or in place if a step of K is contiguous already.
struct Source {
  const float* data;
  int64_t panel, step;  // floats from one panel to the next, and from one step of K to the next
};

void multiply_tile(const GemmTile& t, const Source& a, const Source& b, int64_t first_column) {
  const Activation activation = t.last ? t.epilogue.activation : Activation::none;
  alignas(64) float sums[kTileRows * kTileColumns];
  for (int64_t column = first_column; column < t.columns; column += kTileColumns) {
    const int columns =
        static_cast<int>(t.columns - column < kTileColumns ? t.columns - column : kTileColumns);
    MicroTile m{};
    m.a_step = a.step;
    m.b = b.data + column / kTileColumns * b.panel;
    m.b_step = b.step;
    m.depth = t.depth;
    m.add_stride = t.ldc;
    m.bias = t.last && t.epilogue.bias ? t.epilogue.bias + column : nullptr;
    m.columns = columns;
    for (int64_t row = 0; row < t.rows; row += kTileRows) {
      const int rows = static_cast<int>(t.rows - row < kTileRows ? t.rows - row : kTileRows);
      const int64_t origin = row * t.ldc + column;
      m.a = a.data + row / kTileRows * a.panel;
      m.add = t.load_c ? t.c + origin : nullptr;
      m.out = activation == Activation::none ? t.c + origin : sums;
      m.out_stride = activation == Activation::none ? t.ldc : kTileColumns;
      prefetch(t.c + origin, t.ldc, rows, columns);
      if (activation == Activation::gelu) {
        if (t.epilogue.pre_activation) prefetch(t.epilogue.pre_activation + origin, t.ldc, rows, columns);
        multiply(m, rows);
        activate<Activation::gelu>(t, origin, sums, rows, columns);
      } else if (activation == Activation::gelu_gradient) {
        prefetch(t.epilogue.gelu_input + origin, t.ldc, rows, columns);
        multiply(m, rows);
        activate<Activation::gelu_gradient>(t, origin, sums, rows, columns);
      } else {
        multiply(m, rows);
      }
    }
  }
}

void tile(const GemmTile& t) {
  multiply_tile(t, {t.a, t.panel_a, kTileRows}, {t.b, t.panel_b, kTileColumns}, 0);
}

constexpr GemmKernels kKernels{kTileRows,        kTileColumns,        kDepthBlock,
                               &pack<kTileRows>, &pack<kTileColumns>, &tile};

}  // namespace

void get_gemm_kernels(const GemmKernels** kernels) { *kernels = &kKernels; }

// A transposed A, and a B that is not, are multiplied where they lie; only B's last, narrow panel is always
// packed, because whole panels are read.
void gemm_small(const Gemm& g, float* scratch) {
  if (g.m <= 0 || g.n <= 0) return;
  const PackedLayout a{PackedType::f32, kTileRows, g.m, g.k}, b{PackedType::f32, kTileColumns, g.n, g.k};
  float* packed_b = scratch + (a.floats() + 15) / 16 * 16;
  if (!g.transpose_a) pack<kTileRows>(view_a(g), a, 0, a.panels(), scratch);
  const int64_t in_place = g.transpose_b ? 0 : g.n / kTileColumns;  // panels of B
  pack<kTileColumns>(view_b(g), b, in_place, b.panels(), packed_b);
  const Source from_a =
      g.transpose_a ? Source{g.a, kTileRows, g.lda} : Source{scratch, a.panel_floats(), kTileRows};
  GemmTile t{};
  t.rows = g.m;
  t.depth = g.k;
  t.c = g.c;
  t.ldc = g.ldc;
  t.load_c = g.epilogue.accumulate;
  t.last = true;
  t.epilogue = g.epilogue;
  t.columns = in_place * kTileColumns;
  multiply_tile(t, from_a, {g.b, kTileColumns, g.ldb}, 0);
  t.columns = g.n;
  multiply_tile(t, from_a, {packed_b, b.panel_floats(), kTileColumns}, in_place * kTileColumns);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
