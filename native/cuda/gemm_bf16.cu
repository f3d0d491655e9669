// Products of operands that are rounded to bf16 on their way into shared memory, with sums in fp32, by tensor
// cores. A block computes a tile of C, a warp 16 × 32 of it.
#include "cuda/bf16.h"
#include "cuda/gemm.h"

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <mma.h>
#endif

namespace cdlm {
namespace cuda {
namespace {

constexpr int kTile = 64, kDepth = 32;
constexpr int kFragment = 16;       // rows, columns and steps of a tensor core's product
constexpr int kRow = kDepth + 8;    // of an operand in shared memory, in bf16
constexpr int kSumRow = kTile + 4;  // of the sums there, in floats
constexpr int kOwnRows = kFragment, kOwnColumns = 2 * kFragment;  // of a warp
constexpr size_t kSharedBytes = kTile * kSumRow * sizeof(float);  // the sums take the place of the operands
static_assert(2 * kTile * kRow * sizeof(Bf16) <= kSharedBytes, "operands have room");
static_assert(kTile / kOwnRows * (kTile / kOwnColumns) == kWarps, "warps cover the tile");

// A tile of an operand into shared memory [kTile, kRow], rounded.
__device__ void load_tile(const Operand& view, int64_t count, int64_t depth, int64_t first, int64_t k,
                          Bf16* shared) {
  read_tile<kTile, kDepth>(view, count, depth, first, k,
                           [=](int i, int step, float x) { shared[i * kRow + step] = to_bf16(x); });
}

// The sums of a warp, for `a` and `b` where its rows and columns begin in shared memory.
#ifdef __CUDACC__
class WarpSums {
 public:
  __device__ WarpSums() {
    for (auto& each : sums_) nvcuda::wmma::fill_fragment(each, 0.0f);
  }
  __device__ void add(const Bf16* a, const Bf16* b) {
    using namespace nvcuda::wmma;
    for (int k = 0; k < kDepth; k += kFragment) {
      fragment<matrix_a, kFragment, kFragment, kFragment, __nv_bfloat16, row_major> rows;
      load_matrix_sync(rows, reinterpret_cast<const __nv_bfloat16*>(a + k), kRow);
      for (int j = 0; j < 2; j++) {
        fragment<matrix_b, kFragment, kFragment, kFragment, __nv_bfloat16, col_major> columns;
        load_matrix_sync(columns, reinterpret_cast<const __nv_bfloat16*>(b + j * kFragment * kRow + k), kRow);
        mma_sync(sums_[j], rows, columns, sums_[j]);
      }
    }
  }
  __device__ void write(float* to) const {
    for (int j = 0; j < 2; j++)
      nvcuda::wmma::store_matrix_sync(to + j * kFragment, sums_[j], kSumRow, nvcuda::wmma::mem_row_major);
  }

 private:
  nvcuda::wmma::fragment<nvcuda::wmma::accumulator, kFragment, kFragment, kFragment, float> sums_[2];
};
#else  // the same by threads alone: a lane has a column, 16 sums
class WarpSums {
 public:
  void add(const Bf16* a, const Bf16* b) {
    for (int i = 0; i < kOwnRows; i++)
      for (int k = 0; k < kDepth; k++)
        sums_[i] = fmaf(from_bf16(a[i * kRow + k]), from_bf16(b[lane() * kRow + k]), sums_[i]);
  }
  void write(float* to) const {
    for (int i = 0; i < kOwnRows; i++) to[i * kSumRow + lane()] = sums_[i];
  }

 private:
  static int lane() { return static_cast<int>(threadIdx.x % kWarp); }
  float sums_[kOwnRows] = {};
};
static_assert(kOwnColumns == kWarp, "a lane for each column");
#endif

// shared: kSharedBytes.
__device__ void multiply_tile(const Gemm& g, const Operand& a, const Operand& b, int64_t row, int64_t column,
                              void* shared) {
  auto *tile_a = static_cast<Bf16*>(shared), *tile_b = tile_a + kTile * kRow;
  auto* sums = static_cast<float*>(shared);
  const int warp = static_cast<int>(threadIdx.x) / kWarp;
  const int i = warp / (kTile / kOwnColumns) * kOwnRows, j = warp % (kTile / kOwnColumns) * kOwnColumns;
  WarpSums own;
  for (int64_t k = 0; k < g.k; k += kDepth) {
    load_tile(a, g.m, g.k, row, k, tile_a);
    load_tile(b, g.n, g.k, column, k, tile_b);
    __syncthreads();
    own.add(tile_a + i * kRow, tile_b + j * kRow);
    __syncthreads();
  }
  own.write(sums + i * kSumRow + j);
  __syncthreads();
  for (int e = static_cast<int>(threadIdx.x); e < kTile * kTile; e += kThreads)
    store(g, row + e / kTile, column + e % kTile, sums[e / kTile * kSumRow + e % kTile]);
}

}  // namespace

void multiply_bf16(const Cuda& cuda, const Gemm& given) {
  const Gemm g = given;
  const Operand a = operand_a(g), b = operand_b(g);
  const int64_t columns = blocks_of(g.n, kTile), blocks = blocks_of(g.m, kTile) * columns;
  each_block(cuda, "matmul in bf16", blocks, kSharedBytes / sizeof(double),
             [=] __device__(int64_t block, double* shared) {
               multiply_tile(g, a, b, block / columns * kTile, block % columns * kTile, shared);
             });
}

}  // namespace cuda
}  // namespace cdlm
