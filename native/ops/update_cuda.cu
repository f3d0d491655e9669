#include "cuda/reduce.h"
#include "ops/update.h"

namespace cdlm {
namespace cuda {
namespace {

// Spans or stretches, as many as a kernel's arguments have room for, cut into blocks of a fixed number of
// elements.
template <typename Part>
struct Blocks {
  static constexpr int64_t kElements = 16384;
  static constexpr int64_t kMost = 3072 / (sizeof(Part) + sizeof(int64_t));

  int64_t count = 0;
  Part parts[kMost];
  int64_t first_block[kMost + 1];  // one more: the number of blocks

  Blocks(const Part* given, int64_t left) {
    first_block[0] = 0;
    for (; count < left && count < kMost; count++) {
      parts[count] = given[count];
      first_block[count + 1] = first_block[count] + blocks_of(given[count].elements, kElements);
    }
  }
  int64_t blocks() const { return first_block[count]; }

  __device__ int64_t part_of(int64_t block) const {
    int64_t part = 0;
    while (first_block[part + 1] <= block) part++;
    return part;
  }
  // f(i) for the elements of a block by its threads.
  template <typename F>
  __device__ void each(int64_t block, int64_t part, F f) const {
    const int64_t begin = (block - first_block[part]) * kElements, n = parts[part].elements;
    const int64_t end = begin + kElements < n ? begin + kElements : n;
    for (int64_t i = begin + threadIdx.x; i < end; i += kThreads) f(i);
  }
};

// f(stretch, i) for every element of every stretch.
template <typename F>
void each_of_stretches(const Cuda& cuda, const char* name, const Stretch* stretches, int64_t count, F f) {
  for (int64_t first = 0; first < count; first += Blocks<Stretch>::kMost) {
    const Blocks<Stretch> all(stretches + first, count - first);
    each_block(cuda, name, all.blocks(), 0, [=] __device__(int64_t block, double*) {
      const int64_t part = all.part_of(block);
      all.each(block, part, [&](int64_t i) { f(all.parts[part], i); });
    });
  }
}

}  // namespace

void adamw(const Cuda& cuda, const AdamWStep& given, float factor, const Stretch* stretches, int64_t count) {
  const AdamWStep step = given;
  each_of_stretches(cuda, "adamw", stretches, count, [=] __device__(const Stretch& s, int64_t i) {
    const float slope = s.g[i] * factor;
    s.m[i] = step.beta1 * s.m[i] + (1.0f - step.beta1) * slope;
    s.v[i] = step.beta2 * s.v[i] + (1.0f - step.beta2) * (slope * slope);
    s.p[i] = s.p[i] * step.decay -
             step.step_size * (s.m[i] / (sqrtf(s.v[i]) / step.root_correction + step.epsilon));
  });
}

void sgd(const Cuda& cuda, const SgdStep& given, float factor, const Stretch* stretches, int64_t count) {
  const SgdStep step = given;
  each_of_stretches(cuda, "sgd", stretches, count, [=] __device__(const Stretch& s, int64_t i) {
    s.m[i] = step.momentum * s.m[i] + (s.g[i] * factor + step.weight_decay * s.p[i]);
    s.p[i] = s.p[i] - step.learning_rate * s.m[i];
  });
}

// First the sums of all blocks, then those of all spans.
void sums_of_squares(const Cuda& cuda, const Span* spans, int64_t count, double* sums) {
  for (int64_t first = 0; first < count; first += Blocks<Span>::kMost) {
    const Blocks<Span> all(spans + first, count - first);
    double* partials = cuda.scratch_doubles(static_cast<size_t>(all.blocks()));
    each_block(cuda, "sumOfSquares", all.blocks(), kWarps, [=] __device__(int64_t block, double* shared) {
      const int64_t span = all.part_of(block);
      const float* g = all.parts[span].data;
      double total = 0;
      all.each(block, span, [&](int64_t i) { total += double{g[i]} * g[i]; });
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
