#include "ops/gromov_cost.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Work space of one problem.
struct Scratch {
  DoubleMatrix source, target, plan, turned;                                  // K_s, K_t, Π, Π'
  DoubleMatrix source_product, source_square, target_product, target_square;  // Π K_t, Π K_t Π'; Π' K_s, …
  static int64_t floats(int64_t n, int64_t m) {
    const auto size = DoubleMatrix::floats;
    return 2 * (size(n, n) + size(m, m) + size(n, m) + size(m, n));
  }
  Scratch(float* memory, int64_t n, int64_t m)
      : source(memory, n, n),
        target(memory, m, m),
        plan(memory, n, m),
        turned(memory, m, n),
        source_product(memory, n, m),
        source_square(memory, n, n),
        target_product(memory, m, n),
        target_square(memory, m, m) {}
};

// gradient = d_value · (2 K∘(mass weights') - 2 square), square: Π K_other Π'. graph, square, gradient:
// [n, n]; plan: [n, m]; weights: [n].
void gradient_of_side(const DoubleMatrix& graph, const DoubleMatrix& square, const DoubleMatrix& plan,
                      const float* weights, double d_value, float* gradient) {
  const int64_t n = graph.rows;
  for (int64_t i = 0; i < n; i++) {
    const double mass = sum_of_doubles(plan.stride, [&](int64_t j) { return load(plan.row(i) + j); });
    for (int64_t k = 0; k < n; k++)
      gradient[i * n + k] =
          static_cast<float>(2 * d_value * (graph.row(i)[k] * mass * weights[k] - square.row(i)[k]));
  }
}

}  // namespace

void gromov_wasserstein_gradient(const Device& device, const Weights& weights, const float* source,
                                 const float* target, const float* plan, const float* d_values,
                                 float* d_source, float* d_target) {
  const int64_t n = weights.n, m = weights.m;
  const auto floats = static_cast<size_t>(Scratch::floats(n, m));
  reserve_scratch(device, floats);
  for_blocks(device, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    const Scratch x(device.worker_scratch(worker, floats), n, m);
    read(x.source, source + problem * n * n);
    read(x.target, target + problem * m * m);
    read(x.plan, plan + problem * n * m);
    read_transposed(x.turned, plan + problem * n * m);
    multiply(x.plan, x.target, x.source_product);
    multiply(x.source_product, x.turned, x.source_square);
    multiply(x.turned, x.source, x.target_product);
    multiply(x.target_product, x.plan, x.target_square);
    gradient_of_side(x.source, x.source_square, x.plan, weights.p + problem * n, d_values[problem],
                     d_source + problem * n * n);
    gradient_of_side(x.target, x.target_square, x.turned, weights.q + problem * m, d_values[problem],
                     d_target + problem * m * m);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
