#include "ops/gromov_cost.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// Work space of one problem: K_s, K_t, Π, Π' and the two products.
struct Scratch {
  double *source, *target, *plan, *turned, *product, *square;
  static int64_t floats(int64_t n, int64_t m) {
    return 2 * (n * n + m * m + 3 * n * m + larger(n * n, m * m));
  }
  Scratch(float* memory, int64_t n, int64_t m) {
    source = reinterpret_cast<double*>(memory);
    target = source + n * n;
    plan = target + m * m;
    turned = plan + n * m;
    product = turned + n * m;
    square = product + n * m;
  }
};

// gradient = d_value · (2 K∘(mass weights') - 2 Π K_other Π'); plan: [n, m], turned: its transpose, other:
// [m, m], graph and gradient: [n, n], weights: [n].
void gradient_of_side(const double* graph, const double* other, const double* plan, const double* turned,
                      const float* weights, double d_value, int64_t n, int64_t m, const Scratch& scratch,
                      float* gradient) {
  for (int64_t k = 0; k < n * m; k++) scratch.product[k] = 0;
  for (int64_t k = 0; k < n * n; k++) scratch.square[k] = 0;
  add_product(plan, other, scratch.product, n, m, m);
  add_product(scratch.product, turned, scratch.square, n, m, n);
  for (int64_t i = 0; i < n; i++) {
    double mass = 0;
    for (int64_t j = 0; j < m; j++) mass += plan[i * m + j];
    for (int64_t k = 0; k < n; k++)
      gradient[i * n + k] = static_cast<float>(
          2 * d_value * (graph[i * n + k] * mass * weights[k] - scratch.square[i * n + k]));
  }
}

}  // namespace

void gromov_wasserstein_gradient(const Cpu& cpu, const Weights& weights, const float* source,
                                 const float* target, const float* plan, const float* d_values,
                                 float* d_source, float* d_target) {
  const int64_t n = weights.n, m = weights.m;
  const auto floats = static_cast<size_t>(Scratch::floats(n, m));
  reserve_scratch(cpu, floats);
  for_blocks(cpu, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    const Scratch x(cpu.worker_scratch(worker, floats), n, m);
    for (int64_t k = 0; k < n * n; k++) x.source[k] = source[problem * n * n + k];
    for (int64_t k = 0; k < m * m; k++) x.target[k] = target[problem * m * m + k];
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < m; j++)
        x.plan[i * m + j] = x.turned[j * n + i] = plan[(problem * n + i) * m + j];
    const double d = d_values[problem];
    gradient_of_side(x.source, x.target, x.plan, x.turned, weights.p + problem * n, d, n, m, x,
                     d_source + problem * n * n);
    gradient_of_side(x.target, x.source, x.turned, x.plan, weights.q + problem * m, d, m, n, x,
                     d_target + problem * m * m);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
