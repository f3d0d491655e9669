#include "ops/dropout.h"

#include "ops/op.h"

namespace cdlm {

Dropout dropout_of(const OpCall& call, const Tensor& key) {
  call.expect(key, "key", DataType::i32, {2});
  const double rate = call.attributes.get("rate");
  if (!(rate >= 0 && rate < 1)) call.fail("rate", "0 <= rate < 1", std::to_string(rate));
  Dropout dropping{};
  dropping.key0 = static_cast<uint32_t>(call.ints(key)[0]);
  dropping.key1 = static_cast<uint32_t>(call.ints(key)[1]);
  dropping.stream = static_cast<uint32_t>(call.attributes.integer("stream"));
  dropping.threshold = static_cast<uint32_t>(rate * 4294967296.0);
  dropping.scale = static_cast<float>(1 / (1 - rate));
  return dropping;
}

namespace {

void run_dropout(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect_same(x, y, "result");
  const Dropout dropping = dropout_of(call, call.in(1));
  CDLM_CALL(call.device.level, dropout(call.device, x.f32(), dropping, y.f32(), x.rows(), x.columns()));
}

}  // namespace

CDLM_OP("dropout", run_dropout);

}  // namespace cdlm
