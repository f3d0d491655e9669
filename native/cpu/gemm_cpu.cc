// The matrix product of a level: in fp32, and of operands rounded to bf16 or to int8 by the same register
// tile.
#include "cpu/gemm_quantised.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// A transposed A, and a B that is not, are multiplied where they lie; only B's last, narrow panel is always
// packed, because whole panels are read.
void small_in_place(const Gemm& g, float* scratch) {
  if (g.m <= 0 || g.n <= 0) return;
  const PackedLayout a{PackedType::f32, kTileRows, g.m, g.k}, b{PackedType::f32, kTileColumns, g.n, g.k};
  float* packed_b = scratch + (a.size() + 15) / 16 * 16;
  if (!g.transpose_a) pack<Floats, kTileRows>(view_a(g), a, 0, a.panels(), scratch);
  const int64_t in_place = g.transpose_b ? 0 : g.n / kTileColumns;  // panels of B
  pack<Floats, kTileColumns>(view_b(g), b, in_place, b.panels(), packed_b);
  const Source from_a =
      g.transpose_a ? Source{g.a, kTileRows, g.lda} : Source{scratch, a.panel_words(), kTileRows};
  GemmTile t = small_tile(g, g.k);
  t.columns = in_place * kTileColumns;
  multiply_tile<VectorTile<Floats>>(t, from_a, {g.b, kTileColumns, g.ldb}, 0);
  t.columns = g.n;
  multiply_tile<VectorTile<Floats>>(t, from_a, {packed_b, b.panel_words(), kTileColumns},
                                    in_place * kTileColumns);
}

constexpr int64_t kDepthBlock = 384;

constexpr GemmKernels kFp32{CDLM_LEVEL_NAME,
                            Precision::fp32,
                            PackedType::f32,
                            kTileRows,
                            kTileColumns,
                            kDepthBlock,
                            &pack<Floats, kTileRows>,
                            &pack<Floats, kTileColumns>,
                            &compute_tile<VectorTile<Floats>>,
                            &small_in_place};

constexpr auto kPackRoundedA = &pack<RoundedFloats, kTileRows>;
constexpr auto kPackRoundedB = &pack<RoundedFloats, kTileColumns>;

constexpr GemmKernels kRounded{
    CDLM_LEVEL_NAME " rounded",
    Precision::bf16,
    PackedType::f32,
    kTileRows,
    kTileColumns,
    kDepthBlock,
    kPackRoundedA,
    kPackRoundedB,
    &compute_tile<VectorTile<Floats>>,
    &multiply_small<VectorTile<Floats>, PackedType::f32, kPackRoundedA, kPackRoundedB>};

constexpr GemmKernels kWhole = quantised_kernels<WholeFloats>(CDLM_LEVEL_NAME " whole", &small_in_place);

}  // namespace

void get_fp32_kernels(const GemmKernels** kernels) { *kernels = &kFp32; }
void get_rounded_kernels(const GemmKernels** kernels) { *kernels = &kRounded; }
void get_whole_kernels(const GemmKernels** kernels) { *kernels = &kWhole; }

}  // namespace CDLM_LEVEL
}  // namespace cdlm
