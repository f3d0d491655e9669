#include "ops/lstm.h"

#include "ops/check.h"

namespace cdlm {
namespace {

// Checks gates [words, 4 · width], recurrent [4 · width, width] and ranges [sentences, 2].
Lstm checked(const OpCall& call) {
  const Tensor &gates = call.in(0), &recurrent = call.in(1), &ranges = call.in(2);
  const int64_t width = recurrent.columns();
  call.expect(recurrent, "recurrent", DataType::f32, {4 * width, width});
  call.expect(gates, "gates", DataType::f32, {gates.rows(), 4 * width});
  call.expect(ranges, "words", DataType::i32, {ranges.rows(), 2});
  check_ranges(call, ranges, "words", gates.rows(), Gaps::allowed);
  return {ranges.i32(), ranges.rows(),  longest_range(call, ranges), gates.rows(), width,
          gates.f32(),  recurrent.f32()};
}

void run_lstm(const OpCall& call) {
  call.expect_counts(3, 2);
  const Lstm net = checked(call);
  for (size_t k = 0; k < 2; k++) call.expect(call.out(k), "result", DataType::f32, {net.words, net.width});
  CDLM_CALL(call.device.level, lstm(call.device, net, call.out(0).f32(), call.out(1).f32()));
}

void run_lstm_gradient(const OpCall& call) {
  call.expect_counts(6, 2);
  const Lstm net = checked(call);
  const Tensor &states = call.in(3), &cells = call.in(4), &d_states = call.in(5);
  for (const Tensor* tensor : {&states, &cells, &d_states, &call.out(1)})
    call.expect(*tensor, "states", DataType::f32, {net.words, net.width});
  call.expect_same(call.in(0), call.out(0), "result");
  CDLM_CALL(call.device.level, lstm_gradient(call.device, net, states.f32(), cells.f32(), d_states.f32(),
                                             call.out(0).f32(), call.out(1).f32()));
}

}  // namespace

CDLM_OP("lstm", run_lstm);
CDLM_OP("lstmGradient", run_lstm_gradient);

}  // namespace cdlm
