#include "cpu/vec_math.h"
#include "ops/loops.h"
#include "ops/segments.h"
#include "ops/small_product.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Calls f(sentence, first word, words) for all sentences; `work`: multiply-adds of a word.
template <typename F>
void each_sentence(const Device& device, const Segments& segments, int64_t work, const F& f) {
  const int64_t group = larger(1, 4 * kTaskElements / larger(1, segments.longest * work));
  for_blocks(device, segments.sentences, group, [&](int64_t begin, int64_t end, int) {
    for (int64_t s = begin; s < end; s++) f(s, segments.ranges[2 * s], segments.ranges[2 * s + 1]);
  });
}

// Words between sentences get zeros.
void clear_gaps(float* x, const Segments& segments, int64_t width) {
  int64_t end = 0;
  for (int64_t s = 0; s <= segments.sentences; s++) {
    const int64_t first = s < segments.sentences ? segments.ranges[2 * s] : segments.words;
    std::memset(x + end * width, 0, static_cast<size_t>((first - end) * width) * sizeof(float));
    if (s < segments.sentences) end = first + segments.ranges[2 * s + 1];
  }
}

}  // namespace

void segment_softmax(const Device& device, const Segments& segments, const float* x, float* y,
                     int64_t labels) {
  each_sentence(device, segments, 4 * labels, [&](int64_t, int64_t first, int64_t words) {
    each_column(labels, [&](int64_t j, auto lanes) {
      const int64_t begin = first * labels + j, end = (first + words) * labels + j;
      Vec top = broadcast(-INFINITY), total = zero();
      for (int64_t at = begin; at < end; at += labels) top = maximum(load(x + at, lanes), top);
      for (int64_t at = begin; at < end; at += labels) {
        const Vec e = exp(load(x + at, lanes) - top);
        store(y + at, e, lanes);
        total += e;
      }
      const Vec factor = broadcast(1.0f) / total;
      for (int64_t at = begin; at < end; at += labels) store(y + at, load(y + at, lanes) * factor, lanes);
    });
  });
  clear_gaps(y, segments, labels);
}

void segment_softmax_gradient(const Device& device, const Segments& segments, const float* y, const float* dy,
                              float* dx, int64_t labels) {
  each_sentence(device, segments, 2 * labels, [&](int64_t, int64_t first, int64_t words) {
    each_column(labels, [&](int64_t j, auto lanes) {
      const int64_t begin = first * labels + j, end = (first + words) * labels + j;
      Vec dot = zero();
      for (int64_t at = begin; at < end; at += labels)
        dot = fma(load(dy + at, lanes), load(y + at, lanes), dot);
      for (int64_t at = begin; at < end; at += labels)
        store(dx + at, load(y + at, lanes) * (load(dy + at, lanes) - dot), lanes);
    });
  });
  clear_gaps(dx, segments, labels);
}

void segment_matmul(const Device& device, const Segments& segments, const float* a, const float* q, float* u,
                    int64_t labels, int64_t d) {
  each_sentence(device, segments, labels * d, [&](int64_t s, int64_t first, int64_t words) {
    small_product(labels, d, words, {a + first * labels, 1, labels}, q + first * d, d, u + s * labels * d, d);
  });
}

void segment_expand(const Device& device, const Segments& segments, const float* a, const float* u, float* q,
                    int64_t labels, int64_t d) {
  each_sentence(device, segments, labels * d, [&](int64_t s, int64_t first, int64_t words) {
    small_product(words, d, labels, {a + first * labels, labels, 1}, u + s * labels * d, d, q + first * d, d);
  });
  clear_gaps(q, segments, d);
}

void segment_scores(const Device& device, const Segments& segments, const float* q, const float* u, float* a,
                    int64_t labels, int64_t d) {
  each_sentence(device, segments, labels * d, [&](int64_t s, int64_t first, int64_t words) {
    small_dots(words, labels, d, q + first * d, u + s * labels * d, a + first * labels, false);
  });
  clear_gaps(a, segments, labels);
}

void graph_mix(const Device& device, const float* adjacency, bool transposed, const float* u, float* y,
               int64_t sentences, int64_t labels, int64_t d) {
  const Strided a{adjacency, transposed ? 1 : labels, transposed ? labels : 1};
  const int64_t group = larger(1, 4 * kTaskElements / larger(1, labels * labels * d));
  for_blocks(device, sentences, group, [&](int64_t begin, int64_t end, int) {
    for (int64_t at = begin * labels * d; at < end * labels * d; at += labels * d)
      small_product(labels, d, labels, a, u + at, d, y + at, d);
  });
}

void graph_mix_gradient(const Device& device, const float* u, const float* dy, float* d_adjacency,
                        int64_t sentences, int64_t labels, int64_t d) {
  // At most 32 partial sums, each of a fixed run of sentences.
  const int64_t block = larger(1, blocks_of(sentences, 32)), blocks = blocks_of(sentences, block);
  const int64_t size = labels * labels;
  float* partials = device.shared_scratch(static_cast<size_t>(blocks * size));
  for_blocks(device, sentences, block, [&](int64_t begin, int64_t end, int) {
    for (int64_t s = begin; s < end; s++)
      small_dots(labels, labels, d, dy + s * labels * d, u + s * labels * d, partials + begin / block * size,
                 s > begin);
  });
  for (int64_t k = 0; k < size; k++) {
    float total = 0;
    for (int64_t i = 0; i < blocks; i++) total += partials[i * size + k];
    d_adjacency[k] = total;
  }
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
