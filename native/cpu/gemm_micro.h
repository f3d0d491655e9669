// The register tile of the matrix product: R × (V·W) sums kept in registers over a run of K.
#pragma once

#include <utility>

#include "cpu/gemm_format.h"

namespace cdlm {
namespace CDLM_LEVEL {

// kTileRows · kTileVectors accumulators, kTileVectors of B and one of A must fit the registers (32 or 16); at
// least 8 accumulators hide the latency of a multiply-add.
#if CDLM_LEVEL_AVX512
constexpr int kTileRows = 14, kTileVectors = 2;
#elif CDLM_LEVEL_AVX2
constexpr int kTileRows = 6, kTileVectors = 2;
#elif CDLM_LEVEL_NEON
constexpr int kTileRows = 6, kTileVectors = 4;
#else
constexpr int kTileRows = 4, kTileVectors = 2;
#endif
constexpr int kTileColumns = kTileVectors * W;

// out = (add +) A · B (+ bias) for up to kTileRows × kTileColumns values. Row i, word k of A is a[k·a_step +
// i]; the columns of word k of B begin at b[k·b_step], and kTileColumns of them are read.
struct MicroTile {
  const float* a;
  int64_t a_step;
  const float* b;
  int64_t b_step;
  int64_t words;  // along K
  float* out;
  int64_t out_stride;
  const float* add;  // or null
  int64_t add_stride;
  const float* bias;  // or null
  int columns;        // columns to store, ≤ kTileColumns
  // Of quantised operands: factors of the sums, one per row and one per column (kTileColumns), the latter
  // followed by what the sums of a corrected format begin with; or null.
  const float *row_scales, *column_scales;
};

CDLM_INLINE void store_lanes(float* p, Vec x, int n) {
  if (n == W) {
    store(p, x);
  } else {
    store_partial(p, x, n);
  }
}

// One word of K. All indices are constants when this is inlined, so that GCC keeps the sums in registers (it
// leaves them on the stack if only a loop over them is unrolled).
template <typename Format, int V, int... Row>
CDLM_INLINE void step(Vec* sums, const float* a, const float* b, std::integer_sequence<int, Row...>) {
  const Vec b0 = load(b);
  if constexpr (V == 1) {
    ((sums[Row] = Format::multiply_add(broadcast(a[Row]), b0, sums[Row])), ...);
  } else if constexpr (V == 2) {
    const Vec b1 = load(b + W);
    auto row = [&](Vec x, int i) {
      sums[2 * i] = Format::multiply_add(x, b0, sums[2 * i]);
      sums[2 * i + 1] = Format::multiply_add(x, b1, sums[2 * i + 1]);
    };
    (row(broadcast(a[Row]), Row), ...);
  } else {
    const Vec b1 = load(b + W), b2 = load(b + 2 * W), b3 = load(b + 3 * W);
    auto row = [&](Vec x, int i) {
      sums[4 * i] = Format::multiply_add(x, b0, sums[4 * i]);
      sums[4 * i + 1] = Format::multiply_add(x, b1, sums[4 * i + 1]);
      sums[4 * i + 2] = Format::multiply_add(x, b2, sums[4 * i + 2]);
      sums[4 * i + 3] = Format::multiply_add(x, b3, sums[4 * i + 3]);
    };
    (row(broadcast(a[Row]), Row), ...);
  }
}

template <typename Format, int V, int... I>
CDLM_INLINE void begin_sums(const MicroTile& t, Vec* sums, std::integer_sequence<int, I...>) {
  if constexpr (Format::kCorrected) {
    ((sums[I] = load(t.column_scales + kTileColumns + I % V * W)), ...);
  } else {
    static_cast<void>(t);
    ((sums[I] = zero()), ...);
  }
}

template <typename Format, int... I>
CDLM_INLINE void end_sums(Vec* sums, std::integer_sequence<int, I...>) {
  if constexpr (Format::kCorrected) ((sums[I] = to_floats(as_ints(sums[I]))), ...);
}

// Stores one vector of the tile.
CDLM_INLINE void put(const MicroTile& t, int row, int vector, Vec sum) {
  const int left = t.columns - vector * W, n = left < W ? left : W;
  if (n <= 0) return;
  if (t.row_scales) sum = sum * broadcast(t.row_scales[row]) * load(t.column_scales + vector * W);
  Vec x = t.add ? load_lanes(t.add + row * t.add_stride + vector * W, n) + sum : sum;
  if (t.bias) x += load_lanes(t.bias + vector * W, n);
  store_lanes(t.out + row * t.out_stride + vector * W, x, n);
}

template <int V, int... I>
CDLM_INLINE void put_all(const MicroTile& t, const Vec* sums, std::integer_sequence<int, I...>) {
  (put(t, I / V, I % V, sums[I]), ...);
}

template <typename Format, int R, int V>
void multiply_rows(const MicroTile& t) {
  Vec sums[R * V];
  begin_sums<Format, V>(t, sums, std::make_integer_sequence<int, R * V>());
  const float *a = t.a, *b = t.b;
  for (int64_t k = 0; k < t.words; ++k, a += t.a_step, b += t.b_step) {
    step<Format, V>(sums, a, b, std::make_integer_sequence<int, R>());
  }
  end_sums<Format>(sums, std::make_integer_sequence<int, R * V>());
  put_all<V>(t, sums, std::make_integer_sequence<int, R * V>());
}

// The vector registers as a tile: calls the function made for exactly `rows` rows, 1 ≤ rows ≤ kRows.
template <typename Format>
struct VectorTile {
  static constexpr int kRows = kTileRows, kColumns = kTileColumns;

  static void multiply(const MicroTile& t, int rows) {
    multiply(t, rows, std::make_integer_sequence<int, kRows>());
  }
  template <int... R>
  static CDLM_INLINE void multiply(const MicroTile& t, int rows, std::integer_sequence<int, R...>) {
    ((rows == R + 1 ? multiply_rows<Format, R + 1, kTileVectors>(t) : void()), ...);
  }
};

}  // namespace CDLM_LEVEL
}  // namespace cdlm
