#include "cuda/log_sinkhorn.h"

namespace cdlm {
namespace cuda {

void sinkhorn(const Cuda& cuda, const Weights& given, const float* cost, double epsilon,
              const Stopping& until, float* plan) {
  const Weights weights = given;
  const Stopping stopping = until;
  const int64_t size = weights.n * weights.m;
  each_problem(cuda, "sinkhorn", weights.problems, LogSinkhorn::doubles(weights.n, weights.m),
               [=] __device__(int64_t problem, double* memory) {
                 const LogSinkhorn x(memory, weights, problem);
                 const float* own = cost + problem * size;
                 share_out(size, [&](int64_t k) { x.logits[k] = own[k] / -epsilon; });
                 x.clear_potentials();
                 x.run(stopping);
                 share_out(size,
                           [&](int64_t k) { plan[problem * size + k] = static_cast<float>(x.entry(k)); });
               });
}

}  // namespace cuda
}  // namespace cdlm
