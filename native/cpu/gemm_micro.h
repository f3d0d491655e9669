// The register tile of the matrix product: R × (V·W) sums kept in registers over a run of K.
#pragma once

#include <utility>

#include "cpu/vec.h"

namespace cdlm {
namespace CDLM_LEVEL {

// kTileRows · kTileVectors accumulators, kTileVectors of B and one of A must fit the registers (32 or 16); at
// least 8 accumulators hide the latency of a multiply-add.
#if CDLM_LEVEL_AVX512
constexpr int kTileRows = 14, kTileVectors = 2;
constexpr int64_t kDepthBlock = 384;
#elif CDLM_LEVEL_AVX2
constexpr int kTileRows = 6, kTileVectors = 2;
constexpr int64_t kDepthBlock = 384;
#elif CDLM_LEVEL_NEON
constexpr int kTileRows = 6, kTileVectors = 4;
constexpr int64_t kDepthBlock = 384;
#else
constexpr int kTileRows = 4, kTileVectors = 2;
constexpr int64_t kDepthBlock = 384;
#endif
constexpr int kTileColumns = kTileVectors * W;

struct MicroTile {
  const float* a;  // a panel of A, [depth, kTileRows]
  const float* b;  // a panel of B, [depth, kTileColumns]
  int64_t depth;
  float* c;
  int64_t ldc;
  int columns;  // columns to store, ≤ kTileColumns
  bool load_c;
};

CDLM_INLINE void store_lanes(float* p, Vec x, int n) {
  if (n == W) {
    store(p, x);
  } else {
    store_partial(p, x, n);
  }
}

// One step of K. All indices are constants when this is inlined, so that GCC keeps the sums in registers (it
// leaves them on the stack if only a loop over them is unrolled).
template <int V, int... Row>
CDLM_INLINE void step(Vec* sums, const float* a, const float* b, std::integer_sequence<int, Row...>) {
  const Vec b0 = load(b);
  if constexpr (V == 1) {
    ((sums[Row] = fma(broadcast(a[Row]), b0, sums[Row])), ...);
  } else if constexpr (V == 2) {
    const Vec b1 = load(b + W);
    auto row = [&](Vec x, int i) {
      sums[2 * i] = fma(x, b0, sums[2 * i]);
      sums[2 * i + 1] = fma(x, b1, sums[2 * i + 1]);
    };
    (row(broadcast(a[Row]), Row), ...);
  } else {
    const Vec b1 = load(b + W), b2 = load(b + 2 * W), b3 = load(b + 3 * W);
    auto row = [&](Vec x, int i) {
      sums[4 * i] = fma(x, b0, sums[4 * i]);
      sums[4 * i + 1] = fma(x, b1, sums[4 * i + 1]);
      sums[4 * i + 2] = fma(x, b2, sums[4 * i + 2]);
      sums[4 * i + 3] = fma(x, b3, sums[4 * i + 3]);
    };
    (row(broadcast(a[Row]), Row), ...);
  }
}

template <int... I>
CDLM_INLINE void clear(Vec* sums, std::integer_sequence<int, I...>) {
  ((sums[I] = zero()), ...);
}

// Stores one vector of the tile.
CDLM_INLINE void put(const MicroTile& t, int row, int vector, Vec sum) {
  const int n = t.columns - vector * W;
  if (n <= 0) return;
  float* c = t.c + row * t.ldc + vector * W;
  if (n >= W) {
    store(c, t.load_c ? load(c) + sum : sum);
  } else {
    store_partial(c, t.load_c ? load_partial(c, n) + sum : sum, n);
  }
}

template <int V, int... I>
CDLM_INLINE void put_all(const MicroTile& t, const Vec* sums, std::integer_sequence<int, I...>) {
  (put(t, I / V, I % V, sums[I]), ...);
}

template <int R, int V>
void multiply_rows(const MicroTile& t) {
  Vec sums[R * V];
  clear(sums, std::make_integer_sequence<int, R * V>());
  // C is touched once in a few thousand cycles: its lines are asked for now and are there when the sums are
  // done.
  for (int row = 0; row < R; ++row) {
    CDLM_PREFETCH_WRITE(t.c + row * t.ldc);
    CDLM_PREFETCH_WRITE(t.c + row * t.ldc + t.columns - 1);
  }
  const float *a = t.a, *b = t.b;
  for (int64_t k = 0; k < t.depth; ++k, a += kTileRows, b += kTileColumns) {
    step<V>(sums, a, b, std::make_integer_sequence<int, R>());
  }
  put_all<V>(t, sums, std::make_integer_sequence<int, R * V>());
}

// Calls the function made for exactly `rows` rows, 1 ≤ rows ≤ kTileRows.
template <int... R>
CDLM_INLINE void multiply(const MicroTile& t, int rows, std::integer_sequence<int, R...>) {
  ((rows == R + 1 ? multiply_rows<R + 1, kTileVectors>(t) : void()), ...);
}
static inline void multiply(const MicroTile& t, int rows) {
  multiply(t, rows, std::make_integer_sequence<int, kTileRows>());
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
