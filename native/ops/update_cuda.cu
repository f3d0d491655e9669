#include "cuda/reduce.h"
#include "ops/update.h"

namespace cdlm {
namespace cuda {

void adamw(const Cuda& cuda, const AdamWStep& given, float factor, float* p, const float* g, float* m,
           float* v, int64_t n) {
  const AdamWStep step = given;
  each_element(cuda, "adamw", n, [=] __device__(int64_t i) {
    const float slope = g[i] * factor;
    m[i] = step.beta1 * m[i] + (1.0f - step.beta1) * slope;
    v[i] = step.beta2 * v[i] + (1.0f - step.beta2) * (slope * slope);
    p[i] = p[i] * step.decay - step.step_size * (m[i] / (sqrtf(v[i]) / step.root_correction + step.epsilon));
  });
}

void sgd(const Cuda& cuda, const SgdStep& given, float factor, float* p, const float* g, float* m,
         int64_t n) {
  const SgdStep step = given;
  each_element(cuda, "sgd", n, [=] __device__(int64_t i) {
    m[i] = step.momentum * m[i] + (g[i] * factor + step.weight_decay * p[i]);
    p[i] = p[i] - step.learning_rate * m[i];
  });
}

namespace {

constexpr int kMostSpans = 128;  // of a launch: as many as its arguments have room for

// Some spans, cut into blocks of a fixed number of elements.
struct SpanBlocks {
  static constexpr int64_t kElements = 16384;

  int64_t count = 0;
  const float* data[kMostSpans];
  int64_t elements[kMostSpans];
  int64_t first_block[kMostSpans + 1];  // one more: the number of blocks

  SpanBlocks(const Span* spans, int64_t left) {
    first_block[0] = 0;
    for (; count < left && count < kMostSpans; count++) {
      data[count] = spans[count].data;
      elements[count] = spans[count].elements;
      first_block[count + 1] = first_block[count] + blocks_of(elements[count], kElements);
    }
  }
  int64_t blocks() const { return first_block[count]; }

  __device__ int64_t span_of(int64_t block) const {
    int64_t span = 0;
    while (first_block[span + 1] <= block) span++;
    return span;
  }
};

}  // namespace

// First the sums of all blocks, then those of all spans.
void sums_of_squares(const Cuda& cuda, const Span* spans, int64_t count, double* sums) {
  for (int64_t first = 0; first < count; first += kMostSpans) {
    const SpanBlocks all(spans + first, count - first);
    double* partials = cuda.scratch_doubles(static_cast<size_t>(all.blocks()));
    each_block(cuda, "sumOfSquares", all.blocks(), kWarps, [=] __device__(int64_t block, double* shared) {
      const int64_t span = all.span_of(block), begin = (block - all.first_block[span]) * all.kElements;
      const int64_t n = all.elements[span], end = begin + all.kElements < n ? begin + all.kElements : n;
      const float* g = all.data[span];
      double total = 0;
      for (int64_t i = begin + threadIdx.x; i < end; i += kThreads) total += double{g[i]} * g[i];
      total = block_sum(total, shared);
      if (threadIdx.x == 0) partials[block] = total;
    });
    double* own = sums + first;
    each_row(cuda, "sumOfSquares", all.count, [=] __device__(int64_t span, int lane) {
      double total = 0;
      for (int64_t block = all.first_block[span] + lane; block < all.first_block[span + 1]; block += kWarp)
        total += partials[block];
      total = warp_sum(total);
      if (lane == 0) own[span] = total;
    });
  }
}

}  // namespace cuda
}  // namespace cdlm
