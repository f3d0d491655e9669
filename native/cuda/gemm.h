// What the ways of multiplying on a device share: where operands lie, and what happens to a sum before it is
// stored. For .cu files only.
#pragma once

#include "cpu/gemm.h"
#include "cpu/precision.h"
#include "cuda/gelu.h"

namespace cdlm {
namespace cuda {

// Value (i, k) of op(A), or (k, j) of op(B), at data[i · step + k · depth_step]; one of the steps is 1.
struct Operand {
  const float* data;
  int64_t step, depth_step;
};
inline Operand operand_a(const Gemm& g) {
  return {g.a, g.transpose_a ? 1 : g.lda, g.transpose_a ? g.lda : 1};
}
inline Operand operand_b(const Gemm& g) {
  return {g.b, g.transpose_b ? g.ldb : 1, g.transpose_b ? 1 : g.ldb};
}

// Rows (or columns) first … first + tile - 1 and steps k … k + depth - 1 of an operand that has `count` and
// `steps` of them: the threads of a block call put(i, step, value) for each, with zeros outside of it.
// Neighbouring threads read neighbouring memory.
template <int tile, int depth, typename Put>
__device__ void read_tile(const Operand& view, int64_t count, int64_t steps, int64_t first, int64_t k,
                          Put put) {
  static_assert(tile * depth % kThreads == 0, "threads cover the tile");
  for (int e = static_cast<int>(threadIdx.x); e < tile * depth; e += kThreads) {
    const int i = view.depth_step == 1 ? e / depth : e % tile;
    const int step = view.depth_step == 1 ? e % depth : e / tile;
    const bool inside = first + i < count && k + step < steps;
    put(i, step, inside ? view.data[(first + i) * view.step + (k + step) * view.depth_step] : 0.0f);
  }
}

// Stores one element of C. `sum` has all that is added up, an accumulated C too.
__device__ inline void finish(const Gemm& g, int64_t row, int64_t column, float sum) {
  const Epilogue& e = g.epilogue;
  const int64_t at = row * g.ldc + column;
  float x = sum;
  if (e.bias) x += e.bias[column];
  if (e.activation == Activation::gelu && e.pre_activation) e.pre_activation[at] = x;
  if (e.activation == Activation::gelu) x = gelu(x);
  if (e.activation == Activation::gelu_gradient) x *= gelu_derivative(e.gelu_input[at]);
  g.c[at] = x;
}

// Stores what was multiplied, unless it lies outside of C.
__device__ inline void store(const Gemm& g, int64_t row, int64_t column, float product) {
  if (row >= g.m || column >= g.n) return;
  finish(g, row, column, g.epilogue.accumulate ? g.c[row * g.ldc + column] + product : product);
}

// Tiles of our own: operands in fp32, or rounded to bf16 for tensor cores.
void multiply_fp32(const Cuda& cuda, const Gemm& g);
void multiply_bf16(const Cuda& cuda, const Gemm& g);
// The same by NVIDIA's library, which cuda.cublas() has opened and whose takes(g) holds.
void multiply_by_cublas(const Cuda& cuda, const Gemm& g, Precision precision);

}  // namespace cuda
}  // namespace cdlm
