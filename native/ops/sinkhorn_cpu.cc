#include "ops/scaling_loop.h"

namespace cdlm {
namespace CDLM_LEVEL {

void sinkhorn(const Device& device, const Weights& weights, const float* cost, double epsilon,
              const Stopping& stopping, float* plan) {
  const int64_t n = weights.n, m = weights.m;
  const auto floats = static_cast<size_t>(Scaling::floats(n, m));
  reserve_scratch(device, floats);
  for_blocks(device, weights.problems, 1, [&](int64_t problem, int64_t, int worker) {
    Scaling x(device.worker_scratch(worker, floats), n, m);
    start_scaling(x, weights.p + problem * n, weights.q + problem * m);
    read(x.logits, cost + problem * n * m);
    for (int64_t k = 0; k < x.logits.size(); k++) x.logits.data[k] /= -epsilon;
    take_kernel(x);
    run_scaling(x, stopping);
    for (int64_t i = 0; i < n; i++)
      each_doubles(x.logits.stride, [&](int64_t j) { store(x.logits.row(i) + j, plan_entries(x, i, j)); });
    write(x.logits, plan + problem * n * m);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
