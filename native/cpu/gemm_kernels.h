// Between gemm.cc (which cuts a product into tasks) and the kernels (which compute them): packed operands,
// the tile of C that a task computes, and sets of kernels.
#pragma once

#include <cstdint>

#include "cpu/gemm.h"
#include "cpu/inline.h"
#include "cpu/precision.h"

namespace cdlm {

// What a word (32 bits) of a packed operand holds: one float, or two neighbouring steps of K rounded to bf16,
// the earlier one in the low half. `bf16_tiles` are such pairs in runs of kTileWords words, for matrix
// registers. `i8_floats` and `i8_quads` are whole numbers of int8, one as a float or four as bytes, and
// panels of them begin with a header (gemm_quantised.h).
enum class PackedType : uint8_t { f32, bf16_pairs, bf16_tiles, i8_floats, i8_quads };

constexpr int kTileWords = 16;
// Steps of K that share a scale: sums of so many products of int8 are exact in fp32.
constexpr int kQuantisedDepth = 1024;

// One operand, or a block of it, cut into panels of `width` rows of op(A) or columns of op(B). A panel
// stores, for each word along K, its `width` words side by side (A in bf16_tiles: for each run of words, its
// rows one after the other); the last panel is padded (with zeros for B, undefined for A).
struct PackedLayout {
  PackedType type = PackedType::f32;
  int width = 0;      // rows or columns of a panel
  int64_t count = 0;  // rows or columns of the block
  int64_t depth = 0;  // steps along K

  static constexpr int kHeader = 2;  // words per row or column, of quantised types

  CDLM_INLINE int header() const {
    return type == PackedType::i8_floats || type == PackedType::i8_quads ? kHeader : 0;
  }
  // Words that `steps` of K take; what is beyond the depth is zero.
  CDLM_INLINE int64_t words(int64_t steps) const {
    if (type == PackedType::f32 || type == PackedType::i8_floats) return steps;
    if (type == PackedType::bf16_pairs) return (steps + 1) / 2;
    if (type == PackedType::i8_quads) return (steps + 3) / 4;
    return (steps + 2 * kTileWords - 1) / (2 * kTileWords) * kTileWords;
  }
  CDLM_INLINE int64_t panels() const { return (count + width - 1) / width; }
  CDLM_INLINE int64_t panel_words() const { return (header() + words(depth)) * width; }
  CDLM_INLINE int64_t size() const { return panels() * panel_words(); }  // in words
};

// Where op(A) or op(B) lies in memory: value (i, k) at data[i·step + k·depth_step]; one of the steps is 1.
struct OperandView {
  const float* data;
  int64_t step, depth_step;

  CDLM_INLINE OperandView at(int64_t i, int64_t k) const {
    return {data + i * step + k * depth_step, step, depth_step};
  }
};

CDLM_INLINE OperandView view_a(const Gemm& g) {
  return {g.a, g.transpose_a ? 1 : g.lda, g.transpose_a ? g.lda : 1};
}
CDLM_INLINE OperandView view_b(const Gemm& g) {
  return {g.b, g.transpose_b ? g.ldb : 1, g.transpose_b ? 1 : g.ldb};
}

// A rectangle of C and the packed panels that it takes: C[rows, columns] (+)= A[rows, depth] · B[depth,
// columns].
struct GemmTile {
  int64_t rows, columns;
  int64_t words;   // along K
  const float* a;  // the first panel; the next one begins panel_a words later
  int64_t panel_a;
  const float* b;
  int64_t panel_b;
  float* c;
  int64_t ldc;
  bool load_c;        // add to C instead of overwriting it
  bool last;          // the sum is complete after this call: apply the epilogue
  Epilogue epilogue;  // pointers moved to the tile's origin
};

// A set of functions for one instruction level and precision, and the shape of its register tile (rows ×
// columns). `depth_block` is the longest run of K that is summed in registers before C is read and written.
struct GemmKernels {
  const char* name;
  Precision precision;
  PackedType type;
  int rows, columns;
  int64_t depth_block;
  // Packs panels [first, last) of the block that `source` points to. Words are moved about as floats.
  void (*pack_a)(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last,
                 float* packed);
  void (*pack_b)(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last,
                 float* packed);
  void (*tile)(const GemmTile& tile);
  void (*small)(const Gemm& g, float* scratch);  // gemm_small
};

CDLM_KERNEL(void get_fp32_kernels(const GemmKernels** kernels));

// bf16 by the kernels of fp32: operands are rounded when they are packed, and stay floats.
CDLM_KERNEL(void get_rounded_kernels(const GemmKernels** kernels));

// int8 as whole floats.
CDLM_KERNEL(void get_whole_kernels(const GemmKernels** kernels));
#if CDLM_X86
namespace avx512vnni {
void get_quads_kernels(const GemmKernels** kernels);
}
#endif

// Pairs of bf16, multiplied and added in vectors or in matrix registers; and their portable twins.
#if CDLM_X86
namespace avx512bf16 {
void get_pairs_kernels(const GemmKernels** kernels);
void get_tiles_kernels(const GemmKernels** kernels);
}  // namespace avx512bf16
namespace amx {
void get_tiles_kernels(const GemmKernels** kernels);
}
#endif
namespace plain {
void get_pairs_kernels(const GemmKernels** kernels);
void get_tiles_kernels(const GemmKernels** kernels);
}  // namespace plain

}  // namespace cdlm
