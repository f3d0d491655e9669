#include "cuda/attention.h"

namespace cdlm {
namespace cuda {
namespace {

// One query of a warp: the largest score so far, the sum of exponentials below it, and the weighted values.
struct Query {
  float top = -INFINITY, total = 0;
  float* context;  // [size], in shared memory; lane l owns columns l, l + kWarp, …
};

// Takes a tile of keys and values in. score: that of the lane's key, -∞ beyond the sentence; kept: by
// dropout.
__device__ void take_tile(const AttentionTile& tile, float score, bool kept, int keys, int lane,
                          Query& query) {
  const float top = fmaxf(query.top, warp_max(score));
  const float shrink = expf(query.top - top), weight = expf(score - top);
  query.total = query.total * shrink + warp_sum(weight);
  query.top = top;
  for (int64_t j = lane; j < tile.size; j += kWarp) query.context[j] *= shrink;
  const float share = kept ? weight : 0.0f;
  for (int key = 0; key < keys; key++) {
    const float factor = __shfl_sync(kAllLanes, share, key);
    for (int64_t j = lane; j < tile.size; j += kWarp)
      query.context[j] = fmaf(factor, tile.right[key * tile.row + j], query.context[j]);
  }
}

__device__ void attend(const Attention& call, const AttentionBlock& block, float* memory, float* context,
                       float* log_sums) {
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  const int64_t d = call.heads * call.size;
  const AttentionTile tile(memory, call.size);
  float* own = tile.end() + block.warp * 2 * call.size;
  Query query;
  query.context = own + call.size;
  for (int64_t j = lane; j < call.size; j += kWarp) {
    own[j] = block.inside ? call.qkv[block.piece * 3 * d + block.head * call.size + j] : 0.0f;
    query.context[j] = 0;
  }
  const float scale = 1.0f / sqrtf(static_cast<float>(call.size));
  for (int64_t first = 0; first < block.length; first += kWarp) {
    const int keys = static_cast<int>(block.length - first < kWarp ? block.length - first : kWarp);
    tile.load(call.qkv + d + block.head * call.size, call.qkv + 2 * d + block.head * call.size, 3 * d, 3 * d,
              block.first + first, keys);
    const float score = lane < keys ? tile.dot_left(own, lane) * scale : -INFINITY;
    const bool kept = keeps(call.dropping, block.piece * call.heads + block.head, first + lane);
    take_tile(tile, score, kept, keys, lane, query);
  }
  if (!block.inside) return;
  for (int64_t j = lane; j < call.size; j += kWarp)
    context[block.piece * d + block.head * call.size + j] =
        query.context[j] * (call.dropping.scale / query.total);
  if (lane == 0) log_sums[block.piece * call.heads + block.head] = query.top + logf(query.total);
}

}  // namespace

void attention(const Cuda& cuda, const Attention& given, float* context, float* log_sums) {
  const Attention call = given;
  each_attention_block(cuda, "attention", call, 2,
                       [=] __device__(const AttentionBlock& block, float* memory) {
                         attend(call, block, memory, context, log_sums);
                       });
}

}  // namespace cuda
}  // namespace cdlm
