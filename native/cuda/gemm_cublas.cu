// cuBLAS's products with our epilogue in a pass of its own, and operands rounded to bf16 in another.
#include "cuda/bf16.h"
#include "cuda/cublas.h"
#include "cuda/gemm.h"

namespace cdlm {
namespace cuda {
namespace {

// [rows, columns] with row stride `stride` → [rows, columns], dense.
void round_matrix(const Cuda& cuda, const float* from, int64_t rows, int64_t columns, int64_t stride,
                  Bf16* to) {
  each_element(cuda, "rounding to bf16", rows * columns,
               [=] __device__(int64_t k) { to[k] = to_bf16(from[k / columns * stride + k % columns]); });
}

void multiply_rounded(const Cuda& cuda, const Gemm& g) {
  Gemm dense = g;
  const int64_t rows_a = g.transpose_a ? g.k : g.m, rows_b = g.transpose_b ? g.n : g.k;
  dense.lda = g.transpose_a ? g.m : g.k;
  dense.ldb = g.transpose_b ? g.k : g.n;
  const int64_t size_a = (rows_a * dense.lda + 127) / 128 * 128, size_b = rows_b * dense.ldb;  // b is aligned
  auto* a = reinterpret_cast<Bf16*>(cuda.scratch(static_cast<size_t>((size_a + size_b + 1) / 2)));
  round_matrix(cuda, g.a, rows_a, dense.lda, g.lda, a);
  round_matrix(cuda, g.b, rows_b, dense.ldb, g.ldb, a + size_a);
  cuda.cublas()->multiply(dense, Cublas::Type::bf16, a, a + size_a);
}

}  // namespace

void multiply_by_cublas(const Cuda& cuda, const Gemm& given, Precision precision) {
  const Gemm g = given;
  check_cuda(cudaSetDevice(cuda.index()), "a product");  // the library works on the thread's device
  if (precision == Precision::bf16)
    multiply_rounded(cuda, g);
  else
    cuda.cublas()->multiply(g, Cublas::Type::f32, g.a, g.b);
  if (g.epilogue.bias == nullptr && g.epilogue.activation == Activation::none) return;
  each_element(cuda, "what follows a product", g.m * g.n, [=] __device__(int64_t k) {
    const int64_t row = k / g.n, column = k % g.n;
    finish(g, row, column, g.c[row * g.ldc + column]);
  });
}

}  // namespace cuda
}  // namespace cdlm
