#include "cuda/cublas.h"
#include "cuda/gemm.h"

namespace cdlm {
namespace cuda {

void gemm(const Cuda& cuda, const Gemm& g, Precision precision) {
  if (cuda.cublas() != nullptr && cuda.cublas()->takes(g)) return multiply_by_cublas(cuda, g, precision);
  if (precision == Precision::bf16) return multiply_bf16(cuda, g);
  multiply_fp32(cuda, g);
}

}  // namespace cuda
}  // namespace cdlm
