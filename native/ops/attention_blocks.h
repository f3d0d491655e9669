// How attention is cut into work, for its two kernel files: a block of queries of one sentence and one head
// against blocks of keys, by small products on the worker at hand.
#pragma once

#include "cpu/gemm.h"
#include "ops/attention.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

constexpr int64_t kQueries = 112;  // of a block
constexpr int64_t kKeys = 512;     // of a block; a multiple of kRandomBlock
// Multiply-adds that are worth waking a thread for.
constexpr int64_t kTaskProducts = 400000;

struct Matrix {
  const float* data;
  int64_t stride;
  bool transposed = false;
};

// c [m, n] (+)= op(a) [m, k] · op(b) [k, n].
static inline void multiply_small(const Device& device, int64_t m, int64_t n, int64_t k, Matrix a, Matrix b,
                                  float* c, int64_t c_stride, bool accumulate, float* scratch) {
  Gemm g;
  g.m = m, g.n = n, g.k = k;
  g.a = a.data, g.lda = a.stride, g.transpose_a = a.transposed;
  g.b = b.data, g.ldb = b.stride, g.transpose_b = b.transposed;
  g.c = c, g.ldc = c_stride;
  g.epilogue.accumulate = accumulate;
  gemm_small(device, g, scratch);
}

// One sentence and head: where its queries, keys and values begin, each [length, size] with row stride 3d.
struct Head {
  int64_t first, length, head;
  const float *queries, *keys, *values;
};
static inline Head head_of(const Attention& call, int64_t sentence, int64_t head) {
  const int64_t first = call.ranges[2 * sentence], d = call.heads * call.size;
  const float* queries = call.qkv + first * 3 * d + head * call.size;
  return {first, call.ranges[2 * sentence + 1], head, queries, queries + d, queries + 2 * d};
}

// Multiply-adds of one product of scores over all sentences and heads.
static inline int64_t score_products(const Attention& call) {
  int64_t pairs = 0;
  for (int64_t s = 0; s < call.sentences; s++)
    pairs += static_cast<int64_t>(call.ranges[2 * s + 1]) * call.ranges[2 * s + 1];
  return pairs * call.heads * call.size;
}

// Row stride of scores in scratch: rows begin at cache lines.
static inline int64_t score_stride(int64_t keys) { return (keys + 15) / 16 * 16; }

}  // namespace CDLM_LEVEL
}  // namespace cdlm
