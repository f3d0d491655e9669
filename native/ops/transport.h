// Optimal transport between small node sets: entropic plans (Sinkhorn; Cuturi 2013) and Gromov-Wasserstein
// plans (Peyré et al. 2016), many problems of one padded shape at a time. A node of weight 0 is padding: its
// row or column of the plan is 0. Problem b has rows b · n … of its matrices and row b of p and q.
#pragma once

#include <cstdint>

#include "cpu/device.h"

namespace cdlm {

// A Sinkhorn loop ends when the row sums miss p by at most `absolute` in all and by at most `relative` · p
// each (columns are exact), or after `iterations` passes over rows and columns.
struct Stopping {
  int64_t iterations;
  float absolute, relative;
};

struct Weights {
  int64_t problems, n, m;
  const float *p, *q;  // [problems, n], [problems, m], each row with sum 1
};

// plan [problems · n, m] of least ⟨cost, plan⟩ - ε · entropy; cost: [problems · n, m].
CDLM_KERNEL(void sinkhorn(const Device& device, const Weights& weights, const float* cost, double epsilon,
                          const Stopping& stopping, float* plan))

struct GromovWasserstein {
  const float *source, *target;  // K_s: [problems · n, n], K_t: [problems · m, m]
  double epsilon;
  bool proximal;
  int64_t outer;  // steps at most
  Stopping inner;
};

// A stationary plan [problems · n, m] of Σ (K_s[i,k] - K_t[j,l])² Π[i,j] Π[k,l], from Π = p q'. A step solves
// ⟨2 G(Π), ·⟩ with an entropy (entropic) or with a Kullback-Leibler distance from the last plan (proximal),
// weighted by ε. In the end the plan is rounded to the sums p and q, so its value is that of a coupling and
// not negative even where the iterations ran out. A step is the last when the plan moved by at most
// inner.absolute in all and its value by at most inner.relative of the part that does not depend on the plan.
CDLM_KERNEL(void gromov_wasserstein_plan(const Device& device, const Weights& weights,
                                         const GromovWasserstein& call, float* plan))

// values [problems]: ⟨(K_s∘K_s) p 1' + 1 (K_t∘K_t q)' - 2 K_s Π K_t', Π⟩.
CDLM_KERNEL(void gromov_wasserstein_value(const Device& device, const Weights& weights, const float* source,
                                          const float* target, const float* plan, float* values))

// Its gradient by K_s and K_t, with the plan held; d_values: [problems].
CDLM_KERNEL(void gromov_wasserstein_gradient(const Device& device, const Weights& weights,
                                             const float* source, const float* target, const float* plan,
                                             const float* d_values, float* d_source, float* d_target))

}  // namespace cdlm
