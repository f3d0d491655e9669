#include "cuda/attention.h"

namespace cdlm {
namespace cuda {
namespace {

// The matrices of the gradient: context, d_context: [pieces, d]; log_sums: [pieces, heads]; d_qkv: [pieces,
// 3d].
struct Gradient {
  Attention call;
  const float *context, *log_sums, *d_context;
  float* d_qkv;
  float* means;  // [pieces, heads]: ⟨dO, O⟩ of each row, which is Σ over keys of weight · dWeight, with
                 // dropout too
};

// Weight of a query and a key before dropout, and the gradient of their score.
struct Pair {
  float kept_weight, d_score;
};

// dot: ⟨q, k⟩; d_dot: ⟨dO, v⟩. query: its piece; key: its place in the sentence.
__device__ Pair pair_of(const Gradient& x, float dot, float d_dot, int64_t query, int64_t head, int64_t key) {
  const int64_t row = query * x.call.heads + head;
  const float scale = 1.0f / sqrtf(static_cast<float>(x.call.size));
  const float weight = expf(fmaf(dot, scale, -x.log_sums[row]));
  const float factor = keeps(x.call.dropping, row, key) ? x.call.dropping.scale : 0.0f;
  return {weight * factor, weight * scale * (d_dot * factor - x.means[row])};
}

// Rows of a warp in shared memory and what it adds up there. Lane l owns columns l, l + kWarp, …
struct Own {
  float *a, *b, *sum_a, *sum_b;  // [size]
  __device__ Own(float* memory, int64_t size)
      : a(memory), b(memory + size), sum_a(memory + 2 * size), sum_b(memory + 3 * size) {}
};

// The gradient of a query: Σ over keys of dScore · k.
__device__ void query_gradient(const Gradient& x, const AttentionBlock& block, float* memory) {
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  const int64_t size = x.call.size, d = x.call.heads * size, column = block.head * size;
  const AttentionTile tile(memory, size);
  const Own own(tile.end() + block.warp * 4 * size, size);
  for (int64_t j = lane; j < size; j += kWarp) {
    own.a[j] = block.inside ? x.call.qkv[block.piece * 3 * d + column + j] : 0.0f;
    own.b[j] = block.inside ? x.d_context[block.piece * d + column + j] : 0.0f;
    own.sum_a[j] = 0;
  }
  for (int64_t first = 0; first < block.length; first += kWarp) {
    const int keys = static_cast<int>(block.length - first < kWarp ? block.length - first : kWarp);
    tile.load(x.call.qkv + d + column, x.call.qkv + 2 * d + column, 3 * d, 3 * d, block.first + first, keys);
    float d_score = 0;
    if (lane < keys && block.inside)
      d_score = pair_of(x, tile.dot_left(own.a, lane), tile.dot_right(own.b, lane), block.piece, block.head,
                        first + lane)
                    .d_score;
    for (int key = 0; key < keys; key++) {
      const float factor = __shfl_sync(kAllLanes, d_score, key);
      for (int64_t j = lane; j < size; j += kWarp)
        own.sum_a[j] = fmaf(factor, tile.left[key * tile.row + j], own.sum_a[j]);
    }
  }
  for (int64_t j = lane; j < size && block.inside; j += kWarp)
    x.d_qkv[block.piece * 3 * d + column + j] = own.sum_a[j];
}

// The gradients of a key, Σ over queries of dScore · q, and of its value, Σ of weight · dO.
__device__ void key_gradient(const Gradient& x, const AttentionBlock& block, float* memory) {
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  const int64_t size = x.call.size, d = x.call.heads * size, column = block.head * size;
  const int64_t key_at = block.piece * 3 * d + d + column;
  const AttentionTile tile(memory, size);
  const Own own(tile.end() + block.warp * 4 * size, size);
  for (int64_t j = lane; j < size; j += kWarp) {
    own.a[j] = block.inside ? x.call.qkv[key_at + j] : 0.0f;
    own.b[j] = block.inside ? x.call.qkv[key_at + d + j] : 0.0f;
    own.sum_a[j] = own.sum_b[j] = 0;
  }
  for (int64_t first = 0; first < block.length; first += kWarp) {
    const int queries = static_cast<int>(block.length - first < kWarp ? block.length - first : kWarp);
    tile.load(x.call.qkv + column, x.d_context + column, 3 * d, d, block.first + first, queries);
    Pair pair{0, 0};
    if (lane < queries && block.inside)
      pair = pair_of(x, tile.dot_left(own.a, lane), tile.dot_right(own.b, lane), block.first + first + lane,
                     block.head, block.piece - block.first);
    for (int query = 0; query < queries; query++) {
      const float d_score = __shfl_sync(kAllLanes, pair.d_score, query);
      const float weight = __shfl_sync(kAllLanes, pair.kept_weight, query);
      for (int64_t j = lane; j < size; j += kWarp) {
        own.sum_a[j] = fmaf(d_score, tile.left[query * tile.row + j], own.sum_a[j]);
        own.sum_b[j] = fmaf(weight, tile.right[query * tile.row + j], own.sum_b[j]);
      }
    }
  }
  for (int64_t j = lane; j < size && block.inside; j += kWarp) {
    x.d_qkv[key_at + j] = own.sum_a[j];
    x.d_qkv[key_at + d + j] = own.sum_b[j];
  }
}

}  // namespace

void attention_gradient(const Cuda& cuda, const Attention& call, const float* context, const float* log_sums,
                        const float* d_context, float* d_qkv) {
  const int64_t rows = call.pieces * call.heads, size = call.size;
  float* means = cuda.scratch(static_cast<size_t>(rows));
  each_row(cuda, "attentionGradient", rows, [=] __device__(int64_t row, int lane) {
    float total = 0;
    for (int64_t i = row * size + lane; i < (row + 1) * size; i += kWarp)
      total = fmaf(context[i], d_context[i], total);
    total = warp_sum(total);
    if (lane == 0) means[row] = total;
  });
  const Gradient x{call, context, log_sums, d_context, d_qkv, means};
  each_attention_block(
      cuda, "attentionGradient", call, 4,
      [=] __device__(const AttentionBlock& block, float* memory) { query_gradient(x, block, memory); });
  each_attention_block(
      cuda, "attentionGradient", call, 4,
      [=] __device__(const AttentionBlock& block, float* memory) { key_gradient(x, block, memory); });
}

}  // namespace cuda
}  // namespace cdlm
