#include "ops/scaling.h"
#include "ops/transport.h"

namespace cdlm {
namespace CDLM_LEVEL {

void sinkhorn(const Cpu& cpu, const Weights& weights, const float* cost, double epsilon,
              const Stopping& stopping, float* plan) {
  const int64_t n = weights.n, m = weights.m;
  const auto floats = static_cast<size_t>(Scaling::floats(n, m));
  reserve_scratch(cpu, floats);
  for_blocks(cpu, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    Scaling x(cpu.worker_scratch(worker, floats), n, m);
    start_scaling(x, weights.p + problem * n, weights.q + problem * m);
    for (int64_t k = 0; k < n * m; k++) x.logits[k] = -cost[problem * n * m + k] / epsilon;
    take_kernel(x);
    run_scaling(x, stopping);
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < m; j++)
        plan[(problem * n + i) * m + j] = static_cast<float>(plan_entry(x, i, j));
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
