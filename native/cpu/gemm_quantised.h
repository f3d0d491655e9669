// The matrix product in int8, for prediction: every row of A and column of B, of at most kQuantisedDepth
// steps at once, is scaled so that its largest magnitude becomes 127, rounded to whole numbers, and
// multiplied exactly; sums are scaled back. Quads hold four numbers in a word for the processor's dot
// product; whole floats are the same numbers for any level, and give the same bits.
//
// A panel begins with a header of two words per row or column: its scale, and, of B in quads, what corrects
// the sums for A's numbers being stored with 128 added (the dot product takes them without sign).
#pragma once

#include "cpu/gemm_small.h"

namespace cdlm {
namespace CDLM_LEVEL {

struct WholeFloats : Floats {
  static constexpr PackedType kType = PackedType::i8_floats;
  // Writes W numbers from step k on to a row of words; `first`: of A.
  static CDLM_INLINE void put(float* row, int64_t k, Ints numbers, bool) {
    store(row + k, to_floats(numbers));
  }
};

#if CDLM_VNNI
struct Quads {
  static constexpr PackedType kType = PackedType::i8_quads;
  static constexpr int kSteps = 4;
  static constexpr bool kCorrected = true;
  static CDLM_INLINE void put(float* row, int64_t k, Ints numbers, bool first) {
    const Ints bytes = first ? numbers + broadcast_ints(128u) : numbers;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(row + k / 4), _mm512_cvtepi32_epi8(bytes.v));
  }
  static CDLM_INLINE Vec multiply_add(Vec a, Vec b, Vec sum) {
#if defined(__GNUC__)
    // The intrinsic's sums change their type, and GCC writes each of them to memory at every step.
    asm("vpdpbusd %2, %1, %0" : "+v"(sum.v) : "v"(a.v), "v"(b.v));
    return sum;
#else
    return as_floats({_mm512_dpbusd_epi32(as_ints(sum).v, as_ints(a).v, as_ints(b).v)});
#endif
  }
};
#endif

// One row of `depth` finite values to words; values of the last vector beyond the depth count as zero.
// Returns the scale, and the sum of the numbers in *total.
template <typename Format>
float quantise_row(const float* from, int64_t depth, bool first, float* row, int32_t* total) {
  Vec top = zero();
  for (int64_t k = 0; k < depth; k += W)
    top = maximum(top, absolute(load_lanes(from + k, at_most(depth - k, W))));
  const float most = largest(top);
  const Vec factor = broadcast(most > 0.0f ? 127.0f / most : 0.0f);
  Vec sums = zero();  // exact: whole numbers below 2^24
  for (int64_t k = 0; k < depth; k += W) {
    const Ints numbers = round_to_ints(load_lanes(from + k, at_most(depth - k, W)) * factor);
    sums += to_floats(numbers);
    Format::put(row, k, numbers, first);
  }
  *total = static_cast<int32_t>(sum(sums));
  return most / 127.0f;
}

// `First`: A's numbers, else B's.
template <typename Format, int Width, bool First>
void pack_quantised(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last,
                    float* packed) {
  constexpr int64_t kRowWords = kQuantisedDepth / Format::kSteps + W;
  alignas(64) float rows[Width * kRowWords], gathered[kQuantisedDepth];
  const int64_t words = layout.words(layout.depth);
  for (int64_t p = first; p < last; ++p) {
    const int count = at_most(layout.count - p * Width, Width);
    float* panel = packed + p * layout.panel_words();
    std::memset(panel, 0, size_t(PackedLayout::kHeader * Width) * sizeof(float));
    for (int i = 0; i < count; ++i) {
      const OperandView row = source.at(p * Width + i, 0);
      for (int64_t k = 0; row.depth_step != 1 && k < layout.depth; ++k)
        gathered[k] = row.data[k * row.depth_step];
      int32_t total = 0;
      panel[i] = quantise_row<Format>(row.depth_step == 1 ? row.data : gathered, layout.depth, First,
                                      rows + i * kRowWords, &total);
      const int32_t correction = -128 * total;
      if (Format::kCorrected && !First) std::memcpy(panel + Width + i, &correction, sizeof correction);
    }
    const PackedLayout moved{PackedType::f32, Width, count, words};
    pack<Floats, Width>({rows, kRowWords, 1}, moved, 0, 1, panel + PackedLayout::kHeader * Width);
  }
}

// The register tile, whose panels have headers.
template <typename Format>
struct QuantisedTile : VectorTile<Format> {
  using VectorTile<Format>::kRows;
  using VectorTile<Format>::kColumns;
  static void multiply(MicroTile t, int rows) {
    t.row_scales = t.a - PackedLayout::kHeader * kRows;
    t.column_scales = t.b - PackedLayout::kHeader * kColumns;
    VectorTile<Format>::multiply(t, rows);
  }
};

template <typename Format>
void compute_quantised(const GemmTile& t) {
  using Tile = QuantisedTile<Format>;
  const Source a{t.a + PackedLayout::kHeader * Tile::kRows, t.panel_a, Tile::kRows};
  const Source b{t.b + PackedLayout::kHeader * Tile::kColumns, t.panel_b, Tile::kColumns};
  multiply_tile<Tile>(t, a, b, 0);
}

// Small products stay in fp32: an attention head's scores would lose more than they gain.
template <typename Format>
constexpr GemmKernels quantised_kernels(const char* name, void (*small)(const Gemm&, float*)) {
  return {name,
          Precision::int8,
          Format::kType,
          kTileRows,
          kTileColumns,
          kQuantisedDepth,
          &pack_quantised<Format, kTileRows, true>,
          &pack_quantised<Format, kTileColumns, false>,
          &compute_quantised<Format>,
          small};
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
