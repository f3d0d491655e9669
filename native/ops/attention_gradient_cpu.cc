#include "cpu/vec_math.h"
#include "ops/attention.h"
#include "ops/attention_blocks.h"
#include "ops/dropout_mask.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// The gradient of one sentence and head, which one task owns: its blocks of queries add to the gradients of
// keys and values one after the other.
struct HeadGradient {
  const Device& device;
  const Attention& call;
  Head head;
  const float *context, *d_context;      // [length, size], row stride d
  const float* log_sums;                 // [length], stride heads
  float *d_queries, *d_keys, *d_values;  // [length, size], row stride 3d
  float *weights, *d_scores, *products;  // scratch: [queries, stride] twice, and that of the small products
  int64_t stride;

  void run() const;
  void run_block(int64_t query, int64_t queries, int64_t key, int64_t keys) const;
  void weights_of_row(int64_t query, float* scores, float* d_weights, int64_t key, int64_t keys) const;
};

// In: the products q·k in `scores` and dO·v in `d_weights`, both [keys]. Out: the weights after dropout, and
// the gradient of the products q·k.
void HeadGradient::weights_of_row(int64_t query, float* scores, float* d_weights, int64_t key,
                                  int64_t keys) const {
  const int64_t d = call.heads * call.size;
  const float *o = context + query * d, *d_o = d_context + query * d;
  // Σ over keys of weight · dWeight: equal to ⟨dO, O⟩, with dropout too.
  const float mean = sum_columns(
      call.size, [=](int64_t j, auto lanes) { return load(o + j, lanes) * load(d_o + j, lanes); });
  const Vec scale = broadcast(1.0f / std::sqrt(static_cast<float>(call.size)));
  const Vec shift = broadcast(-log_sums[query * call.heads]), delta = broadcast(mean);
  const Vec drop_scale = broadcast(call.dropping.scale);
  const auto row = static_cast<uint32_t>((head.first + query) * call.heads + head.head);
  each_column_kept(call.dropping, row, key, keys, [&](int64_t j, auto lanes, Mask kept) {
    const Vec weight = exp(fma(load(scores + j, lanes), scale, shift));
    const Vec d_weight = select(kept, load(d_weights + j, lanes) * drop_scale, zero());
    store(scores + j, select(kept, weight * drop_scale, zero()), lanes);
    store(d_weights + j, weight * scale * (d_weight - delta), lanes);
  });
}

void HeadGradient::run_block(int64_t query, int64_t queries, int64_t key, int64_t keys) const {
  const int64_t d = call.heads * call.size, wide = 3 * d, size = call.size;
  const Matrix q{head.queries + query * wide, wide}, d_o{d_context + query * d, d};
  multiply_small(device, queries, keys, size, q, {head.keys + key * wide, wide, true}, weights, stride, false,
                 products);
  multiply_small(device, queries, keys, size, d_o, {head.values + key * wide, wide, true}, d_scores, stride,
                 false, products);
  for (int64_t i = 0; i < queries; i++)
    weights_of_row(query + i, weights + i * stride, d_scores + i * stride, key, keys);
  multiply_small(device, keys, size, queries, {weights, stride, true}, d_o, d_values + key * wide, wide,
                 query > 0, products);
  multiply_small(device, keys, size, queries, {d_scores, stride, true}, q, d_keys + key * wide, wide,
                 query > 0, products);
  multiply_small(device, queries, size, keys, {d_scores, stride}, {head.keys + key * wide, wide},
                 d_queries + query * wide, wide, key > 0, products);
}

void HeadGradient::run() const {
  for (int64_t query = 0; query < head.length; query += kQueries)
    for (int64_t key = 0; key < head.length; key += kKeys)
      run_block(query, smaller(kQueries, head.length - query), key, smaller(kKeys, head.length - key));
}

}  // namespace

void attention_gradient(const Device& device, const Attention& call, const float* context,
                        const float* log_sums, const float* d_context, float* d_qkv) {
  const int64_t d = call.heads * call.size, longest = call.longest;
  const int64_t queries = smaller(kQueries, longest), keys = smaller(kKeys, longest),
                stride = score_stride(keys);
  const int64_t product_floats = larger(
      gemm_small_scratch(queries, keys, call.size),
      larger(gemm_small_scratch(queries, call.size, keys), gemm_small_scratch(keys, call.size, queries)));
  const auto floats = static_cast<size_t>(2 * queries * stride + product_floats);
  reserve_scratch(device, floats);
  const int64_t items = call.sentences * call.heads;
  const int64_t group = blocks_of(kTaskProducts, 5 * score_products(call) / larger(1, items) + 1);
  for_blocks(device, items, group, [&](int64_t begin, int64_t end, int worker) {
    float* scratch = device.worker_scratch(worker, floats);
    for (int64_t item = begin; item < end; item++) {
      const Head head = head_of(call, item / call.heads, item % call.heads);
      const int64_t narrow = head.first * d + head.head * call.size;
      float* d_queries = d_qkv + 3 * head.first * d + head.head * call.size;
      HeadGradient{device,
                   call,
                   head,
                   context + narrow,
                   d_context + narrow,
                   log_sums + head.first * call.heads + head.head,
                   d_queries,
                   d_queries + d,
                   d_queries + 2 * d,
                   scratch,
                   scratch + queries * stride,
                   scratch + 2 * queries * stride,
                   stride}
          .run();
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
