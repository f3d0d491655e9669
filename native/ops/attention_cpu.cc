#include "cpu/vec_math.h"
#include "ops/attention.h"
#include "ops/attention_blocks.h"
#include "ops/dropout_mask.h"
#include "ops/exponentials.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// A block of queries of one sentence.
struct QueryBlock {
  int32_t sentence, first;
};

int64_t count_blocks(const Attention& call) {
  int64_t count = 0;
  for (int64_t s = 0; s < call.sentences; s++) count += blocks_of(call.ranges[2 * s + 1], kQueries);
  return count;
}

void list_blocks(const Attention& call, QueryBlock* blocks) {
  for (int32_t s = 0; s < call.sentences; s++)
    for (int32_t first = 0; first < call.ranges[2 * s + 1]; first += kQueries) *blocks++ = {s, first};
}

// Scratch of one worker.
struct Scratch {
  float *scores, *top, *total, *products;
  int64_t stride;

  static int64_t floats(const Attention& call, int64_t queries, int64_t keys) {
    return queries * (score_stride(keys) + 2 * 16) +
           larger(gemm_small_scratch(queries, keys, call.size), gemm_small_scratch(queries, call.size, keys));
  }
  Scratch(float* memory, int64_t queries, int64_t keys)
      : scores(memory),
        top(scores + queries * score_stride(keys)),
        total(top + queries * 16),
        products(total + queries * 16),
        stride(score_stride(keys)) {}
};

// scores = e^(scale · (scores - top)), dropped; scores: [keys]. Returns their sum before dropping.
float weights_of_row(float* scores, float top, float scale, const Dropout& dropping, uint32_t row,
                     int64_t first_key, int64_t keys) {
  const Vec factor = broadcast(scale), shift = broadcast(-top * scale);
  Vec total = zero();
  each_column_kept(dropping, row, first_key, keys, [&](int64_t j, auto lanes, Mask kept) {
    const Vec e = exp(fma(load(scores + j, lanes), factor, shift));
    total += within(e, zero(), lanes);
    store(scores + j, select(kept, e, zero()), lanes);
  });
  return sum(total);
}

// One block of queries against all keys of its sentence. The largest score and the sum of each row are
// carried from one block of keys to the next; context that was summed under a smaller maximum is scaled down.
void attend(const Device& device, const Attention& call, const Head& head, int64_t first_query,
            const Scratch& scratch, float* context, float* log_sums) {
  const int64_t d = call.heads * call.size, queries = smaller(kQueries, head.length - first_query);
  const float scale = 1.0f / std::sqrt(static_cast<float>(call.size));
  context += (head.first + first_query) * d + head.head * call.size;
  for (int64_t key = 0; key < head.length; key += kKeys) {
    const int64_t keys = smaller(kKeys, head.length - key);
    multiply_small(device, queries, keys, call.size, {head.queries + first_query * 3 * d, 3 * d},
                   {head.keys + key * 3 * d, 3 * d, true}, scratch.scores, scratch.stride, false,
                   scratch.products);
    for (int64_t i = 0; i < queries; i++) {
      float* scores = scratch.scores + i * scratch.stride;
      const float block_top = largest_of(scores, keys);
      const float top = key > 0 && scratch.top[i] > block_top ? scratch.top[i] : block_top;
      const int64_t piece = head.first + first_query + i;
      const auto row = static_cast<uint32_t>(piece * call.heads + head.head);
      float total = weights_of_row(scores, top, scale, call.dropping, row, key, keys);
      if (key > 0) {
        const float shrink = std::exp((scratch.top[i] - top) * scale);
        total += scratch.total[i] * shrink;
        multiply_by(context + i * d, shrink, call.size);
      }
      scratch.top[i] = top;
      scratch.total[i] = total;
    }
    multiply_small(device, queries, call.size, keys, {scratch.scores, scratch.stride},
                   {head.values + key * 3 * d, 3 * d}, context, d, key > 0, scratch.products);
  }
  for (int64_t i = 0; i < queries; i++) {
    const double total = scratch.total[i];
    multiply_by(context + i * d, static_cast<float>(call.dropping.scale / total), call.size);
    log_sums[(head.first + first_query + i) * call.heads + head.head] =
        static_cast<float>(static_cast<double>(scratch.top[i]) * scale + std::log(total));
  }
}

}  // namespace

void attention(const Device& device, const Attention& call, float* context, float* log_sums) {
  const int64_t longest = call.longest, block_count = count_blocks(call);
  const int64_t queries = smaller(kQueries, longest), keys = smaller(kKeys, longest);
  const auto floats = static_cast<size_t>(Scratch::floats(call, queries, keys));
  reserve_scratch(device, floats);
  auto* blocks = reinterpret_cast<QueryBlock*>(device.shared_scratch(static_cast<size_t>(2 * block_count)));
  list_blocks(call, blocks);
  const int64_t items = block_count * call.heads;
  const int64_t group = blocks_of(kTaskProducts, 2 * score_products(call) / larger(1, items) + 1);
  for_blocks(device, items, group, [&](int64_t begin, int64_t end, int worker) {
    const Scratch scratch(device.worker_scratch(worker, floats), queries, keys);
    for (int64_t item = begin; item < end; item++) {
      const QueryBlock& block = blocks[item / call.heads];
      attend(device, call, head_of(call, block.sentence, item % call.heads), block.first, scratch, context,
             log_sums);
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
