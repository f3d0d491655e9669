// Compiled with AVX-512 VNNI, in a namespace of its own: int8 in quads.
#include "cpu/gemm_quantised.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

constexpr auto kPackA = &pack<Floats, kTileRows>;
constexpr auto kPackB = &pack<Floats, kTileColumns>;
constexpr GemmKernels kQuads = quantised_kernels<Quads>(
    CDLM_LEVEL_NAME " quads", &multiply_small<VectorTile<Floats>, PackedType::f32, kPackA, kPackB>);

}  // namespace

void get_quads_kernels(const GemmKernels** kernels) { *kernels = &kQuads; }

}  // namespace CDLM_LEVEL
}  // namespace cdlm
