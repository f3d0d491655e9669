#include "cuda/gromov_cost.h"

namespace cdlm {
namespace cuda {
namespace {

// gradient = d_value · (2 K∘(mass weights') - 2 square), square: Π K_other Π'. graph, square, gradient: [n,
// n]; mass: sums of the plan's rows, [n].
__device__ void gradient_of_side(int64_t n, const float* graph, const double* square, const double* mass,
                                 const float* weights, double d_value, float* gradient) {
  share_out(n * n, [&](int64_t at) {
    const double part = double{graph[at]} * mass[at / n] * weights[at % n];
    gradient[at] = static_cast<float>(2 * d_value * (part - square[at]));
  });
}

}  // namespace

void gromov_wasserstein_gradient(const Cuda& cuda, const Weights& given, const float* source,
                                 const float* target, const float* plan, const float* d_values,
                                 float* d_source, float* d_target) {
  const Weights weights = given;
  const int64_t n = weights.n, m = weights.m, largest = n > m ? n : m;
  // Π' of the target's side, the product of a side and its square, and the masses of a side's nodes.
  const int64_t doubles = 2 * n * m + largest * largest + largest;
  each_problem(cuda, "gromovWassersteinGradient", weights.problems, doubles,
               [=] __device__(int64_t problem, double* memory) {
                 double *turned = memory, *product = turned + n * m, *square = product + n * m,
                        *mass = square + largest * largest;
                 const float *own = plan + problem * n * m, *k_s = source + problem * n * n,
                             *k_t = target + problem * m * m;
                 multiply_small(n, m, m, own, k_t, m, 1, product);
                 multiply_small(n, n, m, product, own, 1, m, square);
                 share_out(n, [&](int64_t i) {
                   mass[i] = 0;
                   for (int64_t j = 0; j < m; j++) mass[i] += own[i * m + j];
                 });
                 gradient_of_side(n, k_s, square, mass, weights.p + problem * n, d_values[problem],
                                  d_source + problem * n * n);
                 share_out(n * m, [&](int64_t k) { turned[k] = own[k % n * m + k / n]; });
                 multiply_small(m, n, n, turned, k_s, n, 1, product);
                 multiply_small(m, m, n, product, own, m, 1, square);
                 share_out(m, [&](int64_t j) {
                   mass[j] = 0;
                   for (int64_t i = 0; i < n; i++) mass[j] += own[i * m + j];
                 });
                 gradient_of_side(m, k_t, square, mass, weights.q + problem * m, d_values[problem],
                                  d_target + problem * m * m);
               });
}

}  // namespace cuda
}  // namespace cdlm
