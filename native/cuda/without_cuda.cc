// Stands in for every CUDA launcher in builds without CUDA, so that callers have no conditionals.
#include "core/error.h"
#include "cuda/device.h"
#include "ops/layer_norm.h"

namespace cdlm {
namespace cuda {
namespace {

[[noreturn]] void fail() {
  throw Error("DEVICE_UNAVAILABLE", "this binary was built without CUDA", "device \"cpu\" or \"auto\"",
              "device \"cuda\"");
}

}  // namespace

int device_count() { return 0; }

size_t layer_norm_gradient_scratch(int64_t, int64_t) { fail(); }

void layer_norm(const Cuda&, const float*, const float*, const float*, float, float*, float*, RowCount,
                int64_t) {
  fail();
}

void layer_norm_gradient(const Cuda&, const float*, const float*, const float*, const float*, float*, float*,
                         float*, RowCount, int64_t) {
  fail();
}

}  // namespace cuda
}  // namespace cdlm
