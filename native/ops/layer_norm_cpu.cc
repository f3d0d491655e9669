#include "ops/layer_norm.h"
#include "ops/normalise.h"
#include "ops/partials.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// One row of the gradient; x, gamma, dy, dx, d_gamma, d_beta: [d]. Adds to d_gamma and d_beta.
void gradient_of_row(const float* x, const float* gamma, const float* statistics, const float* dy, float* dx,
                     float* d_gamma, float* d_beta, int64_t d) {
  const Vec mean = broadcast(statistics[0]), inverse = broadcast(statistics[1]);
  Vec sums = zero(), sums_hat = zero();  // of dy ∘ γ and dy ∘ γ ∘ x̂
  each_column(d, [&](int64_t j, auto lanes) {
    const Vec slope = load(dy + j, lanes), hat = (load(x + j, lanes) - mean) * inverse;
    store(d_gamma + j, fma(slope, hat, load(d_gamma + j, lanes)), lanes);
    store(d_beta + j, load(d_beta + j, lanes) + slope, lanes);
    const Vec scaled = slope * load(gamma + j, lanes);
    sums += scaled;
    sums_hat = fma(scaled, hat, sums_hat);
  });
  const float n = static_cast<float>(d);
  const Vec shift = broadcast(sum(sums) / n), shift_hat = broadcast(sum(sums_hat) / n);
  each_column(d, [&](int64_t j, auto lanes) {
    const Vec hat = (load(x + j, lanes) - mean) * inverse;
    const Vec scaled = load(dy + j, lanes) * load(gamma + j, lanes);
    store(dx + j, inverse * (scaled - shift - hat * shift_hat), lanes);
  });
}

}  // namespace

void layer_norm(const Device& device, const float* x, const float* gamma, const float* beta, float epsilon,
                float* y, float* statistics, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* from = x + row * d;
      const float total = sum_columns(d, [=](int64_t j, auto lanes) { return load(from + j, lanes); });
      normalise(from, total, gamma, beta, epsilon, y + row * d, statistics + 2 * row, d);
    }
  });
}

void layer_norm_gradient(const Device& device, const float* x, const float* gamma, const float* statistics,
                         const float* dy, float* dx, float* d_gamma, float* d_beta, int64_t rows, int64_t d) {
  const int64_t block_rows = partial_rows(d), blocks = blocks_of(rows, block_rows);
  float* partials = device.shared_scratch(static_cast<size_t>(blocks * 2 * d));  // [blocks, 2, d]
  for_blocks(device, rows, block_rows, [&](int64_t begin, int64_t end, int) {
    float* partial = partials + begin / block_rows * 2 * d;
    std::memset(partial, 0, static_cast<size_t>(2 * d) * sizeof(float));
    for (int64_t row = begin; row < end; row++)
      gradient_of_row(x + row * d, gamma, statistics + 2 * row, dy + row * d, dx + row * d, partial,
                      partial + d, d);
  });
  add_partials(device, partials, blocks, 2 * d, d_gamma, d);
  add_partials(device, partials + d, blocks, 2 * d, d_beta, d);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
