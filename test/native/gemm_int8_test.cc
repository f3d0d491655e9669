// Products in int8: against whole numbers multiplied by a plain loop, and the same bits by every set of
// kernels.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "check.h"
#include "cpu/device.h"
#include "cpu/gemm.h"
#include "cpu/gemm_kernels.h"
#include "levels.h"

namespace {

using cdlm::Gemm;
using cdlm::GemmKernels;
using cdlm::Precision;

template <typename F>
void each_int8(const F& check) {
  for (cdlm::Level level : available_levels()) {
    for (const GemmKernels* products : cdlm::all_products(level)) {
      if (products->precision == Precision::int8) check(level, *products);
    }
  }
}

std::vector<float> random_values(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0f, 1.0f);
  std::vector<float> v(static_cast<size_t>(count));
  for (float& x : v) x = normal(random);
  return v;
}

struct Operands {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
  std::vector<float> a = random_values(m * k, 1), b = random_values(n * k, 2);

  Gemm gemm(std::vector<float>* c) const {
    c->assign(static_cast<size_t>(m * n), 0.5f);
    Gemm g;
    g.m = m, g.n = n, g.k = k;
    g.a = a.data(), g.lda = transpose_a ? m : k, g.transpose_a = transpose_a;
    g.b = b.data(), g.ldb = transpose_b ? k : n, g.transpose_b = transpose_b;
    g.c = c->data(), g.ldc = n;
    g.epilogue.accumulate = true;
    return g;
  }
  // Row i of A or column i of B from `begin` to `end`, scaled and rounded; returns the scale.
  float numbers(bool of_a, int64_t i, int64_t begin, int64_t end, std::vector<int>* to) const {
    const auto value = [&](int64_t p) {
      if (of_a) return a[size_t(transpose_a ? p * m + i : i * k + p)];
      return b[size_t(transpose_b ? i * k + p : p * n + i)];
    };
    float largest = 0;
    for (int64_t p = begin; p < end; ++p) largest = std::max(largest, std::fabs(value(p)));
    const float factor = 127.0f / largest;
    to->clear();
    for (int64_t p = begin; p < end; ++p) to->push_back(int(std::nearbyint(value(p) * factor)));
    return largest / 127.0f;
  }
  std::vector<double> expected() const {
    std::vector<double> c(static_cast<size_t>(m * n), 0.5);
    std::vector<int> row, column;
    for (int64_t begin = 0; begin < k;) {
      const int64_t end = std::min<int64_t>(k, begin + cdlm::kQuantisedDepth);
      for (int64_t i = 0; i < m; ++i) {
        const float row_scale = numbers(true, i, begin, end, &row);
        for (int64_t j = 0; j < n; ++j) {
          const float column_scale = numbers(false, j, begin, end, &column);
          int64_t sum = 0;
          for (size_t p = 0; p < row.size(); ++p) sum += row[p] * column[p];
          c[size_t(i * n + j)] += double(sum) * row_scale * column_scale;
        }
      }
      begin = end;
    }
    return c;
  }
};

void check_operands(const Operands& o) {
  const std::vector<double> expected = o.expected();
  std::vector<float> first, c;
  each_int8([&](cdlm::Level level, const GemmKernels& products) {
    for (int threads = 1; threads <= 2; ++threads) {
      const cdlm::Device device(level, threads, products);
      cdlm::gemm(device, o.gemm(&c));
      if (first.empty()) first = c;
      CHECK_SAY(std::memcmp(first.data(), c.data(), c.size() * sizeof(float)) == 0, "%s m=%d n=%d k=%d",
                products.name, int(o.m), int(o.n), int(o.k));
    }
  });
  double worst = 0, largest = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    worst = std::max(worst, std::fabs(first[i] - expected[i]));
    largest = std::max(largest, std::fabs(expected[i]));
  }
  CHECK_SAY(worst <= 1e-6 * largest, "m=%d n=%d k=%d: off by %g of %g", int(o.m), int(o.n), int(o.k), worst,
            largest);
}

}  // namespace

TEST(gemm_int8_every_shape_and_level) {
  for (int t = 0; t < 4; ++t)
    for (int64_t m : {1, 14, 33})
      for (int64_t n : {1, 31, 70})
        for (int64_t k : {1, 3, 64, 387, 1500}) check_operands({m, n, k, (t & 1) != 0, (t & 2) != 0});
}

// The largest sums there are: 1024 products of 127 by 127, all of one sign.
TEST(gemm_int8_largest_sums) {
  for (float sign : {1.0f, -1.0f}) {
    Operands o{3, 5, cdlm::kQuantisedDepth, false, true};
    for (float& x : o.a) x = 1.0f;
    for (float& x : o.b) x = sign;
    check_operands(o);
  }
}

TEST(gemm_int8_zeros) {
  Operands o{5, 9, 40, false, true};
  for (float& x : o.a) x = 0.0f;
  std::vector<float> c;
  each_int8([&](cdlm::Level level, const GemmKernels& products) {
    const cdlm::Device device(level, 1, products);
    cdlm::gemm(device, o.gemm(&c));
    for (float x : c) CHECK(x == 0.5f);
  });
}
