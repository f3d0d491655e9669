// Between gemm.cc (which cuts a product into tasks) and gemm_cpu.cc (which computes them): packed operands,
// the tile of C that a task computes, and the functions of a level. Nothing else includes this.
#pragma once

#include <cstdint>

#include "cpu/gemm.h"
#include "cpu/inline.h"

namespace cdlm {

enum class PackedType : uint8_t { f32 };

// One operand, or a block of it, cut into panels of `width` rows of op(A) or columns of op(B). A panel
// stores, for each step of the depth, its `width` values side by side; the last panel is padded (with zeros
// for B, undefined for A).
struct PackedLayout {
  PackedType type = PackedType::f32;
  int width = 0;      // rows or columns of a panel
  int64_t count = 0;  // rows or columns of the block
  int64_t depth = 0;  // steps along K

  CDLM_INLINE int64_t panels() const { return (count + width - 1) / width; }
  CDLM_INLINE int64_t panel_floats() const { return depth * width; }
  CDLM_INLINE int64_t floats() const { return panels() * panel_floats(); }
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
  int64_t rows, columns, depth;
  const float* a;  // the first panel; the next one begins panel_a floats later
  int64_t panel_a;
  const float* b;
  int64_t panel_b;
  float* c;
  int64_t ldc;
  bool load_c;        // add to C instead of overwriting it
  bool last;          // the sum is complete after this call: apply the epilogue
  Epilogue epilogue;  // pointers moved to the tile's origin
};

// The functions of one level, and the shape of its register tile (rows × columns). `depth_block` is the
// longest run of K that is summed in registers before C is read and written.
struct GemmKernels {
  int rows, columns;
  int64_t depth_block;
  // Packs panels [first, last) of the block that `source` points to.
  void (*pack_a)(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last,
                 float* packed);
  void (*pack_b)(const OperandView& source, const PackedLayout& layout, int64_t first, int64_t last,
                 float* packed);
  void (*tile)(const GemmTile& tile);
};

CDLM_KERNEL(void get_gemm_kernels(const GemmKernels** kernels));

}  // namespace cdlm
