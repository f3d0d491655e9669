// Optimiser steps on stretches of memory, on the calling thread or as a launch for many of them. All are
// elementwise with correctly rounded operations only, so splitting, vectorising or postponing them never
// changes a bit.
#pragma once

#include "cpu/device.h"

namespace cdlm {

// AdamW's constants of one step (Loshchilov & Hutter 2019; the order of operations is PyTorch's).
struct AdamWStep {
  float beta1, beta2, epsilon;
  float decay;            // 1 - learning rate * weight decay
  float step_size;        // learning rate / (1 - beta1^t)
  float root_correction;  // sqrt(1 - beta2^t)
};

// SGD with momentum (PyTorch's: the decay joins the gradient, the velocity is not damped).
struct SgdStep {
  float momentum, weight_decay, learning_rate;
};

// A part of a parameter, its gradient and its moments: [elements] each.
struct Stretch {
  float* p;
  const float* g;
  float *m, *v;  // v: AdamW's
  int64_t elements;
};

// One step; g is multiplied by `scale` first (clipping, averaging).
CDLM_KERNEL(void adamw(const Device& device, const AdamWStep& step, float scale, const Stretch* stretches,
                       int64_t count))
CDLM_KERNEL(void sgd(const Device& device, const SgdStep& step, float scale, const Stretch* stretches,
                     int64_t count))

// `count` steps with a zero gradient, one after another, as the dense optimiser would have made them. On CPUs
// only: devices update whole tensors.
CDLM_KERNEL(void adamw_idle(const AdamWStep* steps, int64_t count, float* p, float* m, float* v, int64_t n))
CDLM_KERNEL(void sgd_idle(const SgdStep* steps, int64_t count, float* p, float* m, int64_t n))

struct Span {
  const float* data;
  int64_t elements;
};

// sums[k] (where the spans lie) = Σ of squares of spans[k], in double and in an order that the length
// decides; not finite if any element is not.
CDLM_KERNEL(void sums_of_squares(const Device& device, const Span* spans, int64_t count, double* sums))

// y[n] += x[n]. On CPUs only.
CDLM_KERNEL(void accumulate(const float* x, float* y, int64_t n))

}  // namespace cdlm
