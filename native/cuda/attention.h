// How attention is cut into blocks, for its .cu files: the warps of a block work on kWarps consecutive pieces
// of one sentence and one head, against tiles of kWarp other pieces that pass through shared memory.
#pragma once

#include "cuda/dropout.h"
#include "cuda/reduce.h"
#include "ops/attention.h"

namespace cdlm {
namespace cuda {

// What a warp works on.
struct AttentionBlock {
  int64_t first, length;  // the sentence
  int64_t head;
  int64_t piece;  // of this warp; beyond the sentence unless `inside`
  bool inside;
  int warp;
};

// Two tiles of kWarp rows, e.g. keys and values, in shared memory; rows are padded so that lanes that read
// one column of all rows meet no bank twice.
struct AttentionTile {
  float *left, *right;
  int64_t size, row;

  __device__ AttentionTile(float* memory, int64_t size_)
      : left(memory), right(memory + kWarp * (size_ + 1)), size(size_), row(size_ + 1) {}
  static int64_t floats(int64_t size) { return 2 * kWarp * (size + 1); }
  __device__ float* end() const { return right + kWarp * row; }

  // Rows `piece` … of two matrices with row strides; by all threads of the block, which wait for each other.
  __device__ void load(const float* a, const float* b, int64_t a_stride, int64_t b_stride, int64_t piece,
                       int rows) const {
    __syncthreads();  // the last tile has been read
    for (int64_t e = threadIdx.x; e < rows * size; e += kThreads) {
      const int64_t i = e / size, j = e % size;
      left[i * row + j] = a[(piece + i) * a_stride + j];
      right[i * row + j] = b[(piece + i) * b_stride + j];
    }
    __syncthreads();
  }

  // ⟨x, row i⟩; x: [size].
  __device__ float dot(const float* x, const float* rows, int64_t i) const {
    float total = 0;
    for (int64_t j = 0; j < size; j++) total = fmaf(x[j], rows[i * row + j], total);
    return total;
  }
  __device__ float dot_left(const float* x, int64_t i) const { return dot(x, left, i); }
  __device__ float dot_right(const float* x, int64_t i) const { return dot(x, right, i); }
};

// f(block, shared memory) by all threads; every warp has `rows_per_warp` rows of `size` floats after the
// tiles.
template <typename F>
void each_attention_block(const Cuda& cuda, const char* name, const Attention& call, int rows_per_warp, F f) {
  const int64_t blocks = blocks_of(call.longest, kWarps), heads = call.heads;
  const int32_t* ranges = call.ranges;
  const int64_t floats = AttentionTile::floats(call.size) + kWarps * rows_per_warp * call.size;
  each_block(cuda, name, call.sentences * heads * blocks, static_cast<size_t>((floats + 1) / 2),
             [=] __device__(int64_t index, double* shared) {
               const int64_t sentence = index / (heads * blocks), head = index / blocks % heads;
               const int warp = static_cast<int>(threadIdx.x / kWarp);
               const int64_t first = ranges[2 * sentence], length = ranges[2 * sentence + 1];
               const int64_t begin = index % blocks * kWarps, own = begin + warp;
               if (begin >= length) return;
               f(AttentionBlock{first, length, head, first + own, own < length, warp},
                 reinterpret_cast<float*>(shared));
             });
}

}  // namespace cuda
}  // namespace cdlm
