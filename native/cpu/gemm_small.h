// The product of small operands on one worker: packed whole, then one tile.
#pragma once

#include "cpu/gemm_pack.h"
#include "cpu/gemm_tile.h"

namespace cdlm {
namespace CDLM_LEVEL {

// All of C, without its operands.
static inline GemmTile small_tile(const Gemm& g, int64_t words) {
  GemmTile t{};
  t.rows = g.m;
  t.columns = g.n;
  t.words = words;
  t.c = g.c;
  t.ldc = g.ldc;
  t.load_c = g.epilogue.accumulate;
  t.last = true;
  t.epilogue = g.epilogue;
  return t;
}

template <typename Tile, PackedType Type, auto PackA, auto PackB>
void multiply_small(const Gemm& g, float* scratch) {
  if (g.m <= 0 || g.n <= 0) return;
  const PackedLayout a{Type, Tile::kRows, g.m, g.k}, b{Type, Tile::kColumns, g.n, g.k};
  float* packed_b = scratch + (a.size() + 15) / 16 * 16;
  PackA(view_a(g), a, 0, a.panels(), scratch);
  PackB(view_b(g), b, 0, b.panels(), packed_b);
  GemmTile t = small_tile(g, a.words(g.k));
  t.a = scratch;
  t.panel_a = a.panel_words();
  t.b = packed_b;
  t.panel_b = b.panel_words();
  compute_tile<Tile>(t);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
