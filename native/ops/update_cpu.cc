#include <cmath>

#include "ops/loops.h"
#include "ops/update.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Blocks that stay in the first-level cache while several steps pass over them.
constexpr int64_t kBlock = 256;

inline void adamw_element(const AdamWStep& step, float g, float& p, float& m, float& v) {
  m = step.beta1 * m + (1.0f - step.beta1) * g;
  v = step.beta2 * v + (1.0f - step.beta2) * (g * g);
  p = p * step.decay - step.step_size * (m / (std::sqrt(v) / step.root_correction + step.epsilon));
}

inline void sgd_element(const SgdStep& step, float g, float& p, float& m) {
  m = step.momentum * m + (g + step.weight_decay * p);
  p = p - step.learning_rate * m;
}

bool all_zero(const float* x, int64_t n) {
  float largest = 0;
  for (int64_t i = 0; i < n; i++) largest = std::fabs(x[i]) > largest ? std::fabs(x[i]) : largest;
  return largest == 0;
}

// In the order of memory, eight chains of additions at a time.
double sum_of_squares(const float* g, int64_t n) {
  double lanes[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int64_t lane = 0; lane < 8; lane++)
      lanes[lane] += static_cast<double>(g[i + lane]) * static_cast<double>(g[i + lane]);
  for (; i < n; i++) lanes[0] += static_cast<double>(g[i]) * static_cast<double>(g[i]);
  double total = 0;
  for (double lane : lanes) total += lane;
  return total;
}

}  // namespace

void adamw(const Device&, const AdamWStep& given, float scale, const Stretch* stretches, int64_t count) {
  const AdamWStep step = given;
  for (int64_t k = 0; k < count; k++) {
    const auto [p, g, m, v, n] = stretches[k];
    for (int64_t i = 0; i < n; i++) adamw_element(step, g[i] * scale, p[i], m[i], v[i]);
  }
}

void sgd(const Device&, const SgdStep& given, float scale, const Stretch* stretches, int64_t count) {
  const SgdStep step = given;
  for (int64_t k = 0; k < count; k++) {
    const auto [p, g, m, v, n] = stretches[k];
    for (int64_t i = 0; i < n; i++) sgd_element(step, g[i] * scale, p[i], m[i]);
  }
}

void adamw_idle(const AdamWStep* steps, int64_t count, float* p, float* m, float* v, int64_t n) {
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = begin + kBlock < n ? begin + kBlock : n;
    // Rows that never had a gradient only decay; the general step would add an exact zero.
    const bool untouched = all_zero(m + begin, end - begin) && all_zero(v + begin, end - begin);
    for (int64_t k = 0; k < count; k++) {
      const AdamWStep step = steps[k];
      if (untouched)
        for (int64_t i = begin; i < end; i++) p[i] = p[i] * step.decay;
      else
        for (int64_t i = begin; i < end; i++) adamw_element(step, 0.0f, p[i], m[i], v[i]);
    }
  }
}

void sgd_idle(const SgdStep* steps, int64_t count, float* p, float* m, int64_t n) {
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = begin + kBlock < n ? begin + kBlock : n;
    for (int64_t k = 0; k < count; k++) {
      const SgdStep step = steps[k];
      for (int64_t i = begin; i < end; i++) sgd_element(step, 0.0f, p[i], m[i]);
    }
  }
}

void sums_of_squares(const Device& device, const Span* spans, int64_t count, double* sums) {
  for (int64_t k = 0; k < count; k++) {
    const auto [g, n] = spans[k];
    auto* partials = reinterpret_cast<double*>(
        device.shared_scratch(static_cast<size_t>(2 * blocks_of(n, kTaskElements))));
    for_blocks(device, n, kTaskElements, [g = g, partials](int64_t begin, int64_t end, int) {
      partials[begin / kTaskElements] = sum_of_squares(g + begin, end - begin);
    });
    sums[k] = 0;
    for (int64_t i = 0; i < blocks_of(n, kTaskElements); i++) sums[k] += partials[i];
  }
}

void accumulate(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
