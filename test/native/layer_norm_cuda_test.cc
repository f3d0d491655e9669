// The CUDA kernels of layer norm, run on the host, against the plain CPU kernels.
#define CDLM_CUDA emulated
#include "../../native/ops/layer_norm_cuda.cu"

#include <algorithm>
#include <cstring>

#include "check.h"
#include "cuda/device.h"

namespace {

using cdlm::Cpu;
using cdlm::Cuda;
using cdlm::RowCount;
using Floats = std::vector<float>;

constexpr float kEpsilon = 1e-12f;

Floats some_values(int64_t n, unsigned seed) {
  Floats values(static_cast<size_t>(n));
  for (float& v : values)
    v = static_cast<float>((seed = seed * 1664525u + 1013904223u) >> 8) / (1 << 23) - 0.7f;
  return values;
}

bool close(const Floats& a, const Floats& b) {
  float largest = 1e-3f;
  for (float v : a) largest = std::max(largest, std::fabs(v));
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [=](float u, float v) { return std::fabs(u - v) <= 1e-5f * largest; });
}

bool equal_bits(const Floats& a, const Floats& b, int64_t count) {
  return std::memcmp(a.data(), b.data(), static_cast<size_t>(count) * sizeof(float)) == 0;
}

// Inputs and results of one shape; every kernel fills results of its own.
struct Trial {
  Trial(int64_t rows_, int64_t d_)
      : rows(rows_),
        d(d_),
        x(some_values(rows * d, 1)),
        gamma(some_values(d, 2)),
        beta(some_values(d, 3)),
        dy(some_values(rows * d, 4)),
        y(x.size()),
        statistics(static_cast<size_t>(2 * rows)),
        dx(x.size()),
        d_gamma(gamma.size()),
        d_beta(gamma.size()) {}

  void run_on_cpu() {
    const Cpu cpu(cdlm::Level::plain, 1);
    cdlm::plain::layer_norm(cpu, x.data(), gamma.data(), beta.data(), kEpsilon, y.data(), statistics.data(),
                            rows, d);
    cdlm::plain::layer_norm_gradient(cpu, x.data(), gamma.data(), statistics.data(), dy.data(), dx.data(),
                                     d_gamma.data(), d_beta.data(), rows, d);
  }
  // With the gradient in place of dy, as the planner may put it.
  void run_emulated(RowCount count) {
    Floats scratch(cdlm::emulated::layer_norm_gradient_scratch(count.capacity, d));
    const Cuda cuda{nullptr, scratch.data(), scratch.size()};
    cdlm::emulated::layer_norm(cuda, x.data(), gamma.data(), beta.data(), kEpsilon, y.data(),
                               statistics.data(), count, d);
    dx = dy;
    cdlm::emulated::layer_norm_gradient(cuda, x.data(), gamma.data(), statistics.data(), dx.data(), dx.data(),
                                        d_gamma.data(), d_beta.data(), count, d);
  }

  int64_t rows, d;
  Floats x, gamma, beta, dy, y, statistics, dx, d_gamma, d_beta;
};

}  // namespace

TEST(layer_norm_cuda_equals_cpu) {
  for (int64_t rows : {0, 1, 33, 70})
    for (int64_t d : {1, 33, 129}) {
      Trial expected(rows, d), received(rows, d);
      expected.run_on_cpu();
      received.run_emulated(RowCount{rows});
      CHECK(close(expected.y, received.y) && close(expected.dx, received.dx));
      CHECK(close(expected.d_gamma, received.d_gamma) && close(expected.d_beta, received.d_beta));
    }
}

TEST(layer_norm_cuda_does_not_depend_on_capacity) {
  const int64_t rows = 37, d = 65;
  const int32_t actual = rows;
  Trial exact(rows, d), roomy(100, d);
  std::copy_n(exact.x.begin(), rows * d, roomy.x.begin());
  std::copy_n(exact.dy.begin(), rows * d, roomy.dy.begin());
  exact.run_emulated(RowCount{rows});
  roomy.run_emulated(RowCount{100, &actual});
  CHECK(equal_bits(exact.y, roomy.y, rows * d) && equal_bits(exact.dx, roomy.dx, rows * d));
  CHECK(equal_bits(exact.d_gamma, roomy.d_gamma, d) && equal_bits(exact.d_beta, roomy.d_beta, d));
  CHECK(std::all_of(roomy.y.begin() + rows * d, roomy.y.end(), [](float v) { return v == 0; }));
}

TEST(cuda_without_a_device_says_so) {
  if (cdlm::cuda::device_count() > 0) return;
  Floats values(4);
  std::string code;
  try {
    cdlm::cuda::layer_norm(Cuda{}, values.data(), values.data(), values.data(), kEpsilon, values.data(),
                           values.data(), RowCount{1}, 1);
  } catch (const cdlm::Error& error) {
    code = error.code();
  }
  CHECK_SAY(code == "DEVICE_UNAVAILABLE", "received \"%s\"", code.c_str());
}
