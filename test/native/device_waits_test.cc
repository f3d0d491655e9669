// How often a training step waits for a device that the host plays.
#ifdef CDLM_EMULATED
#include <cmath>
#include <vector>

#include "check.h"
#include "emulated/counts.h"
#include "weighted_sum.h"

using namespace cdlm_test;

TEST(device_waits_once_a_step) {
  WeightedSum sum;
  sum.run({1, 2, 3, 4, 5, 6});
  sum.engine.step({1}, 1, 0);
  for (int k = 0; k < 3; k++) {  // w becomes -x, -2x, …
    const uint64_t before = emulated::waits();
    const float y = only(sum.run({1, 2, 3, 4, 5, 6}));
    const double norm = sum.engine.step({1}, 1, 0);
    CHECK_SAY(emulated::waits() == before + 1, "%d waits", static_cast<int>(emulated::waits() - before));
    CHECK(y == -91.0f * static_cast<float>(k + 1));
    CHECK(std::fabs(norm - std::sqrt(91.0)) < 1e-6);
  }
}

// The norm that came with a run is that of the gradients at the step, not of older ones.
TEST(device_norm_of_gradients_that_changed) {
  WeightedSum sum;
  sum.run({1, 2, 3, 4, 5, 6});
  const std::vector<float> other{3, 0, 0, 0, 4, 0};
  sum.engine.write("w", Slot::gradient, 0, FileType::f32, other.data(), 6);
  CHECK(sum.engine.step({1}, 1, 0) == 5.0);
  sum.run({1, 2, 3, 4, 5, 6});
  sum.run({0, 0, 0, 0, 0, 2});
  CHECK(sum.engine.step({1}, 1, 0) == 2.0);
}
#endif
