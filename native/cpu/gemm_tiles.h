// The matrix product on matrix registers. Included by the file that is compiled with AMX, and by the portable
// twin.
#pragma once

#include "cpu/gemm_pack_rows.h"
#include "cpu/gemm_small.h"
#include "cpu/matrix_registers.h"

namespace cdlm {
namespace CDLM_LEVEL {

// Up to 2 × 2 registers of sums: every register of A and of B that is loaded is used twice.
struct MatrixTile {
  static constexpr int kSide = MatrixRegisters::kSide, kRows = 2 * kSide, kColumns = 2 * kSide;

  static void multiply(const MicroTile& t, int rows) {
    const bool wide = t.columns > kSide;
    if (rows > kSide) {
      wide ? multiply_registers<2, 2>(t, rows) : multiply_registers<2, 1>(t, rows);
    } else {
      wide ? multiply_registers<1, 2>(t, rows) : multiply_registers<1, 1>(t, rows);
    }
  }

  // Calls f<r, c> for each of R × C registers.
  template <int R, int C, typename F>
  static CDLM_INLINE void each(const F& f) {
    f(Index<0, 0>());
    if constexpr (C == 2) f(Index<0, 1>());
    if constexpr (R == 2) f(Index<1, 0>());
    if constexpr (R == 2 && C == 2) f(Index<1, 1>());
  }
  template <int R_, int C_>
  struct Index {
    static constexpr int R = R_, C = C_;
  };

  // Where a whole tile of C is read or written as it is, the registers do it.
  template <int R, int C>
  static void multiply_registers(const MicroTile& t, int rows) {
    const bool whole = rows == R * kSide && t.columns == C * kSide;
    const bool begin_with_c = whole && t.add, end_in_c = whole && !t.bias;
    MatrixRegisters registers;
    MatrixRegisters::fence();
    each<R, C>([&](auto at) {
      constexpr int r = decltype(at)::R, c = decltype(at)::C;
      if (begin_with_c) {
        registers.template load_sums<r, c>(t.add + r * kSide * t.add_stride + c * kSide, t.add_stride);
      } else {
        registers.template clear<r, c>();
      }
    });
    const float *a = t.a, *b = t.b;
    for (int64_t k = 0; k < t.words; k += kTileWords, a += kTileWords * kRows, b += kTileWords * kColumns) {
      registers.template load_a<0>(a, kTileWords);
      registers.template load_b<0>(b, kColumns);
      registers.template multiply_add<0, 0>();
      if constexpr (C == 2) {
        registers.template load_b<1>(b + kSide, kColumns);
        registers.template multiply_add<0, 1>();
      }
      if constexpr (R == 2) {
        registers.template load_a<1>(a + kSide * kTileWords, kTileWords);
        registers.template multiply_add<1, 0>();
        if constexpr (C == 2) registers.template multiply_add<1, 1>();
      }
    }
    alignas(64) float sums[kRows * kColumns];
    float* out = end_in_c ? t.out : sums;
    const int64_t stride = end_in_c ? t.out_stride : kColumns;
    each<R, C>([&](auto at) {
      constexpr int r = decltype(at)::R, c = decltype(at)::C;
      registers.template store_sums<r, c>(out + r * kSide * stride + c * kSide, stride);
    });
    MatrixRegisters::fence();
    if (!end_in_c) put_sums(t, sums, rows, begin_with_c);
  }

  static void put_sums(const MicroTile& t, const float* sums, int rows, bool added) {
    MicroTile rest = t;
    if (added) rest.add = nullptr;
    for (int i = 0; i < rows; ++i)
      for (int v = 0; v * W < t.columns; ++v) put(rest, i, v, load(sums + i * kColumns + v * W));
  }
};

namespace {

void compute_on_registers(const GemmTile& t) {
  const MatrixScope scope;
  compute_tile<MatrixTile>(t);
}

constexpr auto kPackTilesA = &pack_rows<Pairs, MatrixTile::kRows>;
constexpr auto kPackTilesB = &pack<Pairs, MatrixTile::kColumns>;

void small_on_registers(const Gemm& g, float* scratch) {
  const MatrixScope scope;
  multiply_small<MatrixTile, PackedType::bf16_tiles, kPackTilesA, kPackTilesB>(g, scratch);
}

constexpr GemmKernels kTiles{CDLM_LEVEL_NAME " tiles",
                             Precision::bf16,
                             PackedType::bf16_tiles,
                             MatrixTile::kRows,
                             MatrixTile::kColumns,
                             512,
                             kPackTilesA,
                             kPackTilesB,
                             &compute_on_registers,
                             &small_on_registers};

}  // namespace

void get_tiles_kernels(const GemmKernels** kernels) { *kernels = &kTiles; }

}  // namespace CDLM_LEVEL
}  // namespace cdlm
