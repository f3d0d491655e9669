// Products in bf16 where the arithmetic is exact: what is left is packing, rounding and the order of the
// operands.
#include <cmath>
#include <cstring>
#include <limits>
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

// Calls check(level, kernels) for every set of kernels of that precision.
template <typename F>
void each_bf16(const F& check) {
  for (cdlm::Level level : available_levels()) {
    for (const GemmKernels* products : cdlm::all_products(level)) {
      if (products->precision == Precision::bf16) check(level, *products);
    }
  }
}

// C = A · Bᵀ or any other transposition of the same product; A [m, k] and B [n, k] by columns if transposed.
std::vector<float> multiply(cdlm::Level level, const GemmKernels& products, Gemm g, bool small) {
  std::vector<float> c(static_cast<size_t>(g.m * g.n));
  g.lda = g.transpose_a ? g.m : g.k;
  g.ldb = g.transpose_b ? g.k : g.n;
  g.c = c.data();
  g.ldc = g.n;
  const cdlm::Device device(level, 2, products);
  if (small) {
    cdlm::AlignedBuffer scratch;
    const auto size = static_cast<size_t>(cdlm::gemm_small_scratch(g.m, g.n, g.k));
    cdlm::gemm_small(device, g, scratch.reserve_floats(size));
  } else {
    cdlm::gemm(device, g);
  }
  return c;
}

float from_bits(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

// Bit for bit, except that all NaNs are one.
bool same(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

}  // namespace

// Small whole numbers: every product and every sum is exact, whatever the order.
TEST(gemm_bf16_exact) {
  each_bf16([](cdlm::Level level, const GemmKernels& products) {
    int64_t wrong = 0;
    for (int64_t m : {1, 17, 33, 70})
      for (int64_t n : {1, 15, 32, 49})
        for (int64_t k : {1, 2, 31, 32, 33, 65, 900})
          for (int t = 0; t < 8; ++t) {
            Gemm g;
            g.m = m, g.n = n, g.k = k;
            g.transpose_a = (t & 1) != 0, g.transpose_b = (t & 2) != 0;
            std::vector<float> a(size_t(m * k)), b(size_t(n * k));
            auto x = [](int64_t i, int64_t l) { return float((i * 31 + l * 7) % 17 - 8); };
            auto y = [](int64_t j, int64_t l) { return float((j * 13 + l * 5) % 19 - 9); };
            for (int64_t l = 0; l < k; ++l) {
              for (int64_t i = 0; i < m; ++i) a[size_t(g.transpose_a ? l * m + i : i * k + l)] = x(i, l);
              for (int64_t j = 0; j < n; ++j) b[size_t(g.transpose_b ? j * k + l : l * n + j)] = y(j, l);
            }
            g.a = a.data(), g.b = b.data();
            const std::vector<float> c = multiply(level, products, g, (t & 4) != 0);
            for (int64_t i = 0; i < m; ++i)
              for (int64_t j = 0; j < n; ++j) {
                float sum = 0;
                for (int64_t l = 0; l < k; ++l) sum += x(i, l) * y(j, l);
                wrong += c[size_t(i * n + j)] != sum;
              }
          }
    CHECK_SAY(wrong == 0, "%s: %d entries are wrong", products.name, int(wrong));
  });
}

// A · 1 shows how A was rounded: to the nearest bf16, ties to even.
TEST(gemm_bf16_rounding) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float cases[][2] = {
      {1.0f, 1.0f},
      {from_bits(0x3F808000), from_bits(0x3F800000)},  // tie, down to even
      {from_bits(0x3F818000), from_bits(0x3F820000)},  // tie, up to even
      {from_bits(0x3F808001), from_bits(0x3F810000)},  // just above the tie
      {from_bits(0xBF817FFF), from_bits(0xBF810000)},  // just below
      {from_bits(0x3FFFFFFF), 2.0f},                   // carries into the exponent
      {from_bits(0x7F7FFFFF), infinity},               // and out of range
      {from_bits(0x7F7F7FFF), from_bits(0x7F7F0000)},  // the largest that stays finite
      {-infinity, -infinity},
      {from_bits(0x7F800001), NAN},                    // a NaN whose payload is cut off
      {from_bits(0x7FFFFFFF), NAN},                    // one that rounding would carry into the sign
      {from_bits(0x00800000), from_bits(0x00800000)},  // the smallest normal number
  };
  for (const auto& [from, to] : cases) {
    for (bool along : {false, true}) {
      const float one = 1.0f;
      each_bf16([&, from = from, to = to](cdlm::Level level, const GemmKernels& products) {
        Gemm g;
        g.m = g.n = g.k = 1;
        g.a = &from, g.b = &one;
        g.transpose_a = !along;
        const float result = multiply(level, products, g, false)[0];
        CHECK_SAY(same(result, to), "%s: %a became %a", products.name, double(from), double(result));
        g.a = &one, g.b = &from;
        CHECK(same(multiply(level, products, g, true)[0], to));
      });
    }
  }
}

TEST(gemm_bf16_choice) {
  for (cdlm::Level level : available_levels()) {
    CHECK(cdlm::choose_products(level, Precision::fp32).precision == Precision::fp32);
    CHECK(cdlm::choose_products(level, Precision::bf16).precision == Precision::bf16);
    std::printf("     %s: bf16 by %s, fastest %s\n", cdlm::level_name(level),
                cdlm::choose_products(level, Precision::bf16).name,
                cdlm::precision_name(cdlm::fastest_precision(level)));
  }
}
