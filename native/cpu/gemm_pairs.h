// The matrix product in pairs of bf16. Included by files that are compiled with the instruction for it, and
// by the portable twin.
#pragma once

#include "cpu/gemm_small.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

constexpr auto kPackPairsA = &pack<Pairs, kTileRows>;
constexpr auto kPackPairsB = &pack<Pairs, kTileColumns>;

constexpr GemmKernels kPairs{
    CDLM_LEVEL_NAME " pairs",
    Precision::bf16,
    PackedType::bf16_pairs,
    kTileRows,
    kTileColumns,
    768,
    kPackPairsA,
    kPackPairsB,
    &compute_tile<VectorTile<Pairs>>,
    &multiply_small<VectorTile<Pairs>, PackedType::bf16_pairs, kPackPairsA, kPackPairsB>};

}  // namespace

void get_pairs_kernels(const GemmKernels** kernels) { *kernels = &kPairs; }

}  // namespace CDLM_LEVEL
}  // namespace cdlm
