// The matrix product by every set of kernels against a plain loop in double precision, and its bits for any
// number of threads.
#include "cpu/gemm.h"

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "check.h"
#include "cpu/device.h"
#include "cpu/gemm_kernels.h"
#include "levels.h"
#include "vec_kernels.h"

namespace {

using cdlm::Activation;
using cdlm::Device;
using cdlm::Gemm;
using cdlm::GemmKernels;
using cdlm::Level;

constexpr float kSentinel = 12345.5f;
constexpr int64_t kMargin = 40;

struct Case {
  int64_t m, n, k;
  bool transpose_a = false, transpose_b = false;
  int64_t slack = 0;  // stride beyond the row
  bool accumulate = false, bias = false, keep_pre_activation = false;
  Activation activation = Activation::none;
};

struct Data {
  explicit Data(const Case& c) : random(static_cast<unsigned>(c.m * 7919 + c.n * 104729 + c.k * 1299709)) {
    lda = (c.transpose_a ? c.m : c.k) + c.slack;
    ldb = (c.transpose_b ? c.k : c.n) + c.slack;
    ldc = c.n + c.slack;
    // The last row has no slack: reading beyond it is an error that the address sanitizer sees.
    a = values((c.transpose_a ? c.k : c.m) * lda - c.slack);
    b = values((c.transpose_b ? c.n : c.k) * ldb - c.slack);
    bias = values(c.n);
    gelu_input = values(c.m * ldc);
    before = values(c.m * ldc + 2 * kMargin);
    for (int64_t i = 0; i < int64_t(before.size()); ++i) {
      const int64_t at = i - kMargin;
      if (at < 0 || at >= c.m * ldc || at % ldc >= c.n) before[size_t(i)] = kSentinel;
    }
  }
  std::vector<float> values(int64_t count) {
    std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
    std::vector<float> v(static_cast<size_t>(count < 0 ? 0 : count));
    for (float& x : v) x = uniform(random);
    return v;
  }
  Gemm gemm(const Case& c, std::vector<float>* out, std::vector<float>* pre) const {
    *out = before;
    *pre = before;
    Gemm g;
    g.m = c.m, g.n = c.n, g.k = c.k;
    g.a = a.data(), g.lda = lda, g.transpose_a = c.transpose_a;
    g.b = b.data(), g.ldb = ldb, g.transpose_b = c.transpose_b;
    g.c = out->data() + kMargin, g.ldc = ldc;
    g.epilogue.accumulate = c.accumulate;
    g.epilogue.activation = c.activation;
    if (c.bias) g.epilogue.bias = bias.data();
    if (c.keep_pre_activation) g.epilogue.pre_activation = pre->data() + kMargin;
    if (c.activation == Activation::gelu_gradient) g.epilogue.gelu_input = gelu_input.data();
    return g;
  }
  std::mt19937 random;
  int64_t lda, ldb, ldc;
  std::vector<float> a, b, bias, gelu_input, before;
};

// How far a product of a and b may be off. int8 moves each by half a 127th of its row's largest entry, which
// is 1.
double allowance(cdlm::Precision precision, double a, double b) {
  if (precision == cdlm::Precision::int8) return (std::fabs(a) + std::fabs(b) + 0.5 / 127) * 0.5 / 127;
  return (precision == cdlm::Precision::bf16 ? 1e-2 : 1e-5) * std::fabs(a * b);
}

double phi(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

void check_case(const Case& c, const Data& d, const std::vector<float>& out, const std::vector<float>& pre,
                const GemmKernels& products, const char* what) {
  int64_t wrong = 0, wrong_pre = 0, touched = 0;
  for (int64_t i = 0; i < int64_t(out.size()); ++i) {
    if (d.before[size_t(i)] == kSentinel)
      touched += out[size_t(i)] != kSentinel || pre[size_t(i)] != kSentinel;
  }
  for (int64_t i = 0; i < c.m; ++i) {
    for (int64_t j = 0; j < c.n; ++j) {
      double sum = 0, allowed = 1e-7;
      for (int64_t k = 0; k < c.k; ++k) {
        const double a = d.a[size_t(c.transpose_a ? k * d.lda + i : i * d.lda + k)];
        const double b = d.b[size_t(c.transpose_b ? j * d.ldb + k : k * d.ldb + j)];
        sum += a * b;
        allowed += allowance(products.precision, a, b);
      }
      const size_t at = size_t(kMargin + i * d.ldc + j);
      double x = sum + (c.accumulate ? d.before[at] : 0.0f) + (c.bias ? d.bias[size_t(j)] : 0.0f);
      const double summands =
          (c.accumulate ? std::fabs(d.before[at]) : 0) + (c.bias ? std::fabs(d.bias[size_t(j)]) : 0);
      allowed += (products.precision == cdlm::Precision::bf16 ? 1e-2 : 1e-5) * summands;
      if (c.keep_pre_activation && c.activation == Activation::gelu)
        wrong_pre += std::fabs(pre[at] - x) > allowed;
      if (c.activation == Activation::gelu) x *= phi(x);
      if (c.activation == Activation::gelu_gradient) {
        const double h = d.gelu_input[size_t(i * d.ldc + j)];
        x *= phi(h) + h * std::exp(-h * h / 2) / std::sqrt(2 * M_PI);
      }
      wrong += !(std::fabs(out[at] - x) <= 1.2 * allowed);
    }
  }
  CHECK_SAY(wrong + wrong_pre + touched == 0,
            "%s%s m=%d n=%d k=%d ta=%d tb=%d slack=%d acc=%d bias=%d act=%d: %d wrong, %d pre wrong, %d "
            "sentinels gone",
            products.name, what, int(c.m), int(c.n), int(c.k), c.transpose_a, c.transpose_b, int(c.slack),
            c.accumulate, c.bias, int(c.activation), int(wrong), int(wrong_pre), int(touched));
}

void run_products(const Case& c, const Data& d, Level level, const GemmKernels& products) {
  std::vector<float> first, first_pre, out, pre;
  for (int threads = 1; threads <= 3; ++threads) {
    const Device device(level, threads, products);
    cdlm::gemm(device, d.gemm(c, &out, &pre));
    if (threads == 1) {
      check_case(c, d, out, pre, products, "");
      first = out, first_pre = pre;
    }
    CHECK(std::memcmp(first.data(), out.data(), out.size() * sizeof(float)) == 0);
    CHECK(std::memcmp(first_pre.data(), pre.data(), pre.size() * sizeof(float)) == 0);
  }
  if (c.m * c.n * c.k > 300 * 300 * 300) return;
  const auto size = static_cast<size_t>(cdlm::gemm_small_scratch(c.m, c.n, c.k));
  cdlm::AlignedBuffer scratch;
  const Device device(level, 1, products);
  cdlm::gemm_small(device, d.gemm(c, &out, &pre), scratch.reserve_floats(size));
  check_case(c, d, out, pre, products, " small");
}

void run_case(const Case& c) {
  const Data d(c);
  for (Level level : available_levels())
    for (const GemmKernels* products : cdlm::all_products(level)) run_products(c, d, level, *products);
}

}  // namespace

TEST(gemm_odd_shapes_and_transpositions) {
  const int64_t extents[] = {1, 3, 14, 31, 33, 65};
  for (int64_t m : extents) {
    for (int64_t n : extents) {
      for (int64_t k : {1, 2, 17, 33, 64}) {
        for (int t = 0; t < 4; ++t) run_case({m, n, k, (t & 1) != 0, (t & 2) != 0, (m + n + k) % 3});
      }
    }
  }
}

TEST(gemm_several_blocks) {
  for (int t = 0; t < 4; ++t) {
    const bool ta = (t & 1) != 0, tb = (t & 2) != 0;
    run_case({257, 131, 1031, ta, tb, 5});
    run_case({1037, 67, 129, ta, tb, 0});
    run_case({29, 1100, 257, ta, tb, 1});
    run_case({200, 384, 384, ta, tb, 0});
  }
}

TEST(gemm_epilogues) {
  for (int t = 0; t < 4; ++t) {
    for (int64_t k : {40, 1200}) {
      for (bool bias : {false, true}) {
        const bool ta = (t & 1) != 0, tb = (t & 2) != 0;
        run_case({37, 45, k, ta, tb, 2, true, bias});
        run_case({37, 45, k, ta, tb, 2, false, bias});
        run_case({37, 45, k, ta, tb, 2, false, bias, true, Activation::gelu});
        run_case({37, 45, k, ta, tb, 2, false, bias, false, Activation::gelu});
        run_case({37, 45, k, ta, tb, 2, false, bias, false, Activation::gelu_gradient});
      }
    }
  }
}

TEST(gemm_without_depth) {
  run_case({5, 7, 0, false, false, 0, false, true});
  run_case({5, 7, 0, false, false, 0, true, false});
}

TEST(gemm_panel_of_a_vector_and_a_half) {
  for (Level level : available_levels()) {
    int width = 0;
    CDLM_CALL_ON_CPU(level, pack_uneven(nullptr, 0, nullptr, &width));
    for (int64_t depth : {1, 3, 4, 16, 37}) {
      std::vector<float> rows(size_t(width * depth)), panel(rows.size() + 64);
      for (size_t i = 0; i < rows.size(); ++i) rows[i] = float(i + 1);
      CDLM_CALL_ON_CPU(level, pack_uneven(rows.data(), depth, panel.data(), &width));
      int wrong = 0;
      for (int64_t k = 0; k < depth; ++k)
        for (int i = 0; i < width; ++i) wrong += panel[size_t(k * width + i)] != rows[size_t(i * depth + k)];
      CHECK_SAY(wrong == 0, "%s, depth %lld: %d wrong", cdlm::level_name(level),
                static_cast<long long>(depth), wrong);
    }
  }
}
