#include "cuda/ranges.h"
#include "cuda/reduce.h"
#include "ops/segments.h"

namespace cdlm {
namespace cuda {
namespace {

// Words between sentences get zeros.
void clear_gaps(const Cuda& cuda, const Segments& given, float* x, int64_t width) {
  const Segments segments = given;
  each_element(cuda, "segments", segments.words * width, [=] __device__(int64_t i) {
    if (range_of(segments.ranges, segments.sentences, i / width) < 0) x[i] = 0;
  });
}

}  // namespace

void segment_softmax(const Cuda& cuda, const Segments& given, const float* x, float* y, int64_t labels) {
  const Segments segments = given;
  each_element(cuda, "segmentSoftmax", segments.sentences * labels, [=] __device__(int64_t i) {
    const int64_t s = i / labels, begin = segments.ranges[2 * s] * labels + i % labels;
    const int64_t end = begin + segments.ranges[2 * s + 1] * labels;
    float top = -INFINITY, total = 0;
    for (int64_t at = begin; at < end; at += labels) top = x[at] > top || x[at] != x[at] ? x[at] : top;
    for (int64_t at = begin; at < end; at += labels) total += y[at] = expf(x[at] - top);
    for (int64_t at = begin; at < end; at += labels) y[at] /= total;
  });
  clear_gaps(cuda, segments, y, labels);
}

void segment_softmax_gradient(const Cuda& cuda, const Segments& given, const float* y, const float* dy,
                              float* dx, int64_t labels) {
  const Segments segments = given;
  each_element(cuda, "segmentSoftmaxGradient", segments.sentences * labels, [=] __device__(int64_t i) {
    const int64_t s = i / labels, begin = segments.ranges[2 * s] * labels + i % labels;
    const int64_t end = begin + segments.ranges[2 * s + 1] * labels;
    float dot = 0;
    for (int64_t at = begin; at < end; at += labels) dot = fmaf(dy[at], y[at], dot);
    for (int64_t at = begin; at < end; at += labels) dx[at] = y[at] * (dy[at] - dot);
  });
  clear_gaps(cuda, segments, dx, labels);
}

void segment_matmul(const Cuda& cuda, const Segments& given, const float* a, const float* q, float* u,
                    int64_t labels, int64_t d) {
  const Segments segments = given;
  each_element(cuda, "segmentMatmul", segments.sentences * labels * d, [=] __device__(int64_t i) {
    const int64_t s = i / (labels * d), label = i / d % labels, j = i % d;
    const int64_t first = segments.ranges[2 * s], words = segments.ranges[2 * s + 1];
    float total = 0;
    for (int64_t word = first; word < first + words; word++)
      total = fmaf(a[word * labels + label], q[word * d + j], total);
    u[i] = total;
  });
}

void segment_expand(const Cuda& cuda, const Segments& given, const float* a, const float* u, float* q,
                    int64_t labels, int64_t d) {
  const Segments segments = given;
  each_element(cuda, "segmentExpand", segments.words * d, [=] __device__(int64_t i) {
    const int64_t word = i / d, s = range_of(segments.ranges, segments.sentences, word);
    float total = 0;
    for (int64_t label = 0; label < labels && s >= 0; label++)
      total = fmaf(a[word * labels + label], u[(s * labels + label) * d + i % d], total);
    q[i] = total;
  });
}

void segment_scores(const Cuda& cuda, const Segments& given, const float* q, const float* u, float* a,
                    int64_t labels, int64_t d) {
  const Segments segments = given;
  each_row(cuda, "segmentScores", segments.words * labels, [=] __device__(int64_t i, int lane) {
    const int64_t word = i / labels, s = range_of(segments.ranges, segments.sentences, word);
    float total = 0;
    for (int64_t j = lane; j < d && s >= 0; j += kWarp)
      total = fmaf(q[word * d + j], u[(s * labels + i % labels) * d + j], total);
    total = warp_sum(total);
    if (lane == 0) a[i] = total;
  });
}

void graph_mix(const Cuda& cuda, const float* adjacency, bool transposed, const float* u, float* y,
               int64_t sentences, int64_t labels, int64_t d) {
  each_element(cuda, "graphMix", sentences * labels * d, [=] __device__(int64_t i) {
    const int64_t node = i / d, label = node % labels, first = node - label;
    float total = 0;
    for (int64_t k = 0; k < labels; k++)
      total = fmaf(adjacency[transposed ? k * labels + label : label * labels + k],
                   u[(first + k) * d + i % d], total);
    y[i] = total;
  });
}

// A warp per entry and group of sentences, then the groups in their order.
void graph_mix_gradient(const Cuda& cuda, const float* u, const float* dy, float* d_adjacency,
                        int64_t sentences, int64_t labels, int64_t d) {
  const int64_t size = labels * labels, group = blocks_of(sentences > 0 ? sentences : 1, 32);
  const int64_t groups = blocks_of(sentences, group);
  float* partials = cuda.scratch(static_cast<size_t>(groups * size));
  each_row(cuda, "graphMixGradient", groups * size, [=] __device__(int64_t i, int lane) {
    const int64_t row = i % size / labels, column = i % labels, first = i / size * group;
    const int64_t last = first + group < sentences ? first + group : sentences;
    float total = 0;
    for (int64_t s = first; s < last; s++)
      for (int64_t j = lane; j < d; j += kWarp)
        total = fmaf(dy[(s * labels + row) * d + j], u[(s * labels + column) * d + j], total);
    total = warp_sum(total);
    if (lane == 0) partials[i] = total;
  });
  each_element(cuda, "graphMixGradient", size, [=] __device__(int64_t i) {
    float total = 0;
    for (int64_t k = 0; k < groups; k++) total += partials[k * size + i];
    d_adjacency[i] = total;
  });
}

}  // namespace cuda
}  // namespace cdlm
