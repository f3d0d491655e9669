#include "ops/group_mean.h"

#include <limits>

#include "ops/check.h"

namespace cdlm {
namespace {

void run_group_mean(const OpCall& call) {
  call.expect_counts(2, 2);
  const Tensor &x = call.in(0), &ids = call.in(1), &means = call.out(0), &counts = call.out(1);
  const int64_t groups = means.rows();
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect(ids, "ids", DataType::i32, {x.rows()});
  call.expect(means, "means", DataType::f32, {groups, x.columns()});
  call.expect(counts, "counts", DataType::f32, {groups});
  check_ids(call, ids, "ids", std::numeric_limits<int32_t>::min(), groups);
  CDLM_CALL(call.device.level, group_mean(call.device, x.f32(), ids.i32(), counts.f32(), means.f32(),
                                          x.rows(), groups, x.columns()));
}

void run_group_mean_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &d_means = call.in(0), &ids = call.in(1), &counts = call.in(2), &dx = call.out(0);
  call.expect(d_means, "gradient", DataType::f32, {d_means.rows(), d_means.columns()});
  call.expect(ids, "ids", DataType::i32, {ids.rows()});
  call.expect(counts, "counts", DataType::f32, {d_means.rows()});
  call.expect(dx, "result", DataType::f32, {ids.rows(), d_means.columns()});
  check_ids(call, ids, "ids", std::numeric_limits<int32_t>::min(), d_means.rows());
  CDLM_CALL(call.device.level, group_mean_gradient(call.device, d_means.f32(), ids.i32(), counts.f32(),
                                                   dx.f32(), dx.rows(), dx.columns()));
}

// Checks mean [groups, d], counts [groups] and decay [1].
void check_average(const OpCall& call, const Tensor& mean, const Tensor& counts, const Tensor& decay) {
  call.expect(mean, "mean", DataType::f32, {mean.rows(), mean.columns()});
  call.expect(counts, "counts", DataType::f32, {mean.rows()});
  call.expect(decay, "decay", DataType::f32, {1});
  call.expect_same(mean, call.out(0), "result");
  const float* value = call.readable(decay);
  if (value != nullptr && !(*value >= 0 && *value <= 1))
    call.fail("decay", "a number from 0 to 1", std::to_string(*value));
}

void run_moving_average(const OpCall& call) {
  call.expect_counts(4, 1);
  const Tensor &old = call.in(0), &mean = call.in(1), &y = call.out(0);
  check_average(call, mean, call.in(2), call.in(3));
  call.expect_same(mean, old, "average before");
  CDLM_CALL(call.device.level, moving_average(call.device, old.f32(), mean.f32(), call.in(2).f32(),
                                              call.in(3).f32(), y.f32(), y.rows(), y.columns()));
}

void run_moving_average_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &d_y = call.in(0), &d_mean = call.out(0);
  check_average(call, d_y, call.in(1), call.in(2));
  CDLM_CALL(call.device.level, moving_average(call.device, nullptr, d_y.f32(), call.in(1).f32(),
                                              call.in(2).f32(), d_mean.f32(), d_y.rows(), d_y.columns()));
}

}  // namespace

CDLM_OP("groupMean", run_group_mean);
CDLM_OP("groupMeanGradient", run_group_mean_gradient);
CDLM_OP("movingAverage", run_moving_average);
CDLM_OP("movingAverageGradient", run_moving_average_gradient);

}  // namespace cdlm
