// Vector functions at every level against the C library in double precision.
#include <cmath>
#include <limits>
#include <vector>

#include "check.h"
#include "levels.h"
#include "vec_kernels.h"

namespace {

using cdlm::Function;
using cdlm::Level;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> apply(Level level, Function f, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  CDLM_CALL_ON_CPU(level, apply(f, x.data(), y.data(), int64_t(x.size())));
  return y;
}

std::vector<float> range(float from, float to, int count) {
  std::vector<float> x;
  for (int i = 0; i <= count; ++i) x.push_back(from + (to - from) * float(i) / float(count));
  return x;
}

double ulps(float got, double want) {
  const float near = float(want);
  // In double: another test may have told this thread to flush denormals.
  const double step = double(std::nextafter(std::fabs(near), kInfinity)) - std::fabs(double(near));
  return std::fabs(double(got) - want) / step;
}

double phi(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double bell(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); }

}  // namespace

TEST(vec_exp) {
  const std::vector<float> x = range(-87.3f, 88.7f, 1000003);
  for (Level level : available_levels()) {
    const std::vector<float> y = apply(level, Function::exp, x);
    double worst = 0;
    for (size_t i = 0; i < x.size(); ++i) worst = std::fmax(worst, ulps(y[i], std::exp(double(x[i]))));
    std::printf("     exp, %s: at most %.2f ulp\n", cdlm::level_name(level), worst);
    CHECK(worst < 2.0);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> special =
        apply(level, Function::exp, {-kInfinity, -1e30f, -90.f, 0.f, 88.7228317f, 89.f, kInfinity, nan});
    CHECK(special[0] == 0.0f && special[1] == 0.0f && special[2] == 0.0f && special[3] == 1.0f);
    CHECK(std::isfinite(special[4]) && special[5] == kInfinity && special[6] == kInfinity &&
          std::isnan(special[7]));
  }
}

TEST(vec_gelu_tanh) {
  const std::vector<float> x = range(-12.0f, 12.0f, 1000003);
  for (Level level : available_levels()) {
    const std::vector<float> g = apply(level, Function::gelu, x);
    const std::vector<float> d = apply(level, Function::gelu_derivative, x),
                             t = apply(level, Function::tanh, x);
    double gelu_worst = 0, derivative_worst = 0, tanh_worst = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double v = x[i];
      gelu_worst = std::fmax(gelu_worst, std::fabs(g[i] - v * phi(v)) / std::fmax(1.0, std::fabs(v)));
      derivative_worst = std::fmax(derivative_worst, std::fabs(d[i] - (phi(v) + v * bell(v))));
      tanh_worst = std::fmax(tanh_worst, ulps(t[i], std::tanh(v)));
    }
    std::printf("     %s: gelu %.2e (of max(1, |x|)), gelu' %.2e, tanh %.2f ulp\n", cdlm::level_name(level),
                gelu_worst, derivative_worst, tanh_worst);
    CHECK(gelu_worst <= 1.5e-7);
    CHECK(derivative_worst <= 2e-7);
    CHECK(tanh_worst <= 4);
  }
}

TEST(vec_arithmetic) {
  std::vector<float> x = range(0.0f, 50.0f, 1001);
  x.push_back(-0.0f);
  for (Level level : available_levels()) {
    const std::vector<float> root = apply(level, Function::square_root, x),
                             minus = apply(level, Function::minus, x);
    const std::vector<float> back = apply(level, Function::absolute, minus);
    for (size_t i = 0; i < x.size(); ++i) {
      CHECK(root[i] == std::sqrt(x[i]) && minus[i] == -x[i] && back[i] == std::fabs(x[i]));
    }
    const std::vector<float> many = range(-3.0f, 5.0f, 15);
    int width = 0;
    float result[2];
    CDLM_CALL_ON_CPU(level, lanes(&width));
    CDLM_CALL_ON_CPU(level, sum_and_largest(many.data(), result));
    double sum = 0;
    for (int i = 0; i < width; ++i) sum += many[size_t(i)];
    CHECK(std::fabs(result[0] - sum) < 1e-5 && result[1] == many[size_t(width - 1)]);
  }
}

// Every lane counts, and NaN is less than nothing.
TEST(vec_any) {
  const std::vector<float> many = range(1.0f, 2.0f, 15);
  for (Level level : available_levels()) {
    int width = 0;
    CDLM_CALL_ON_CPU(level, lanes(&width));
    for (int lane = 0; lane < width; ++lane) {
      std::vector<float> x(many.begin(), many.begin() + width);
      x[size_t(lane)] = 0.5f;
      bool one = false, none = true, nan = true;
      CDLM_CALL_ON_CPU(level, any_less(x.data(), 1.0f, &one, width));
      CDLM_CALL_ON_CPU(level, any_less(x.data(), 0.5f, &none, width));
      x[size_t(lane)] = std::numeric_limits<float>::quiet_NaN();
      CDLM_CALL_ON_CPU(level, any_less(x.data(), 1.0f, &nan, width));
      CHECK(one && !none && !nan);
    }
  }
}

// Partial loads and stores touch exactly the lanes asked for.
TEST(vec_partial) {
  for (Level level : available_levels()) {
    for (int n = 0; n <= 33; ++n) {
      std::vector<float> x(static_cast<size_t>(n), 4.0f), y(static_cast<size_t>(n) + 1, -1.0f);
      CDLM_CALL_ON_CPU(level, apply(Function::square_root, x.data(), y.data(), n));
      for (int i = 0; i < n; ++i) CHECK(y[size_t(i)] == 2.0f);
      CHECK(y[size_t(n)] == -1.0f);
    }
  }
}
