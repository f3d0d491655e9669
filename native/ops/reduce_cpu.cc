#include "ops/partials.h"
#include "ops/reduce.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// In float64 across short runs of float32 sums, so that large positive and negative parts may cancel.
double sum_of(const float* x, int64_t n) {
  constexpr int64_t kRun = 1024;
  double total = 0;
  for (int64_t i = 0; i < n; i += kRun)
    total += sum_columns(smaller(kRun, n - i), [=](int64_t j, auto lanes) { return load(x + i + j, lanes); });
  return total;
}

// total += x; both [d].
void add_row(const float* x, float* total, int64_t d) {
  each_column(d, [=](int64_t j, auto lanes) {
    store(total + j, load(total + j, lanes) + load(x + j, lanes), lanes);
  });
}

}  // namespace

void sum(const Device& device, const float* x, float* y, int64_t n) {
  const int64_t blocks = blocks_of(n, kTaskElements);
  auto* partials = reinterpret_cast<double*>(device.shared_scratch(static_cast<size_t>(2 * blocks)));
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    partials[begin / kTaskElements] = sum_of(x + begin, end - begin);
  });
  double total = 0;
  for (int64_t block = 0; block < blocks; block++) total += partials[block];
  *y = static_cast<float>(total);
}

void sum_rows(const Device& device, const float* x, float* y, int64_t rows, int64_t d) {
  const int64_t block_rows = partial_rows(d), blocks = blocks_of(rows, block_rows);
  float* partials = device.shared_scratch(static_cast<size_t>(blocks * d));
  for_blocks(device, rows, block_rows, [&](int64_t begin, int64_t end, int) {
    float* partial = partials + begin / block_rows * d;
    std::memcpy(partial, x + begin * d, static_cast<size_t>(d) * sizeof(float));
    for (int64_t row = begin + 1; row < end; row++) add_row(x + row * d, partial, d);
  });
  add_partials(device, partials, blocks, d, y, d);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
