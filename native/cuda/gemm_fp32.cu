// A block computes a tile of C, a thread 4 × 4 of its elements; operands pass through shared memory. Every
// element is one chain of multiply-adds over K, so its bits do not depend on the tiles.
#include "cuda/gemm.h"

namespace cdlm {
namespace cuda {
namespace {

constexpr int kTile = 64, kDepth = 16, kOwn = 4;
constexpr int kRow = kTile + 4;  // of shared memory, in floats: rows begin in different banks

// A tile of an operand into shared memory [kDepth, kRow].
__device__ void load_tile(const Operand& view, int64_t count, int64_t depth, int64_t first, int64_t k,
                          float* shared) {
  read_tile<kTile, kDepth>(view, count, depth, first, k,
                           [=](int i, int step, float x) { shared[step * kRow + i] = x; });
}

// shared: 2 · kDepth · kRow floats.
__device__ void multiply_tile(const Gemm& g, const Operand& a, const Operand& b, int64_t row, int64_t column,
                              float* shared) {
  float *tile_a = shared, *tile_b = shared + kDepth * kRow;
  const int i = static_cast<int>(threadIdx.x) / (kTile / kOwn) * kOwn;
  const int j = static_cast<int>(threadIdx.x) % (kTile / kOwn) * kOwn;
  float sums[kOwn][kOwn] = {};
  for (int64_t k = 0; k < g.k; k += kDepth) {
    load_tile(a, g.m, g.k, row, k, tile_a);
    load_tile(b, g.n, g.k, column, k, tile_b);
    __syncthreads();
    for (int step = 0; step < kDepth; step++) {
      const float *x = tile_a + step * kRow + i, *y = tile_b + step * kRow + j;
      for (int r = 0; r < kOwn; r++)
        for (int c = 0; c < kOwn; c++) sums[r][c] = fmaf(x[r], y[c], sums[r][c]);
    }
    __syncthreads();
  }
  for (int r = 0; r < kOwn; r++)
    for (int c = 0; c < kOwn; c++) store(g, row + i + r, column + j + c, sums[r][c]);
}

}  // namespace

void multiply_fp32(const Cuda& cuda, const Gemm& given) {
  const Gemm g = given;
  const Operand a = operand_a(g), b = operand_b(g);
  const int64_t columns = blocks_of(g.n, kTile), blocks = blocks_of(g.m, kTile) * columns;
  each_block(cuda, "matmul", blocks, kDepth * kRow, [=] __device__(int64_t block, double* shared) {
    multiply_tile(g, a, b, block / columns * kTile, block % columns * kTile,
                  reinterpret_cast<float*>(shared));
  });
}

}  // namespace cuda
}  // namespace cdlm
