#include "ops/elementwise.h"

#include "ops/op.h"

namespace cdlm {
namespace {

// Returns the number of elements of two operands and a result of one shape.
int64_t check_pair(const OpCall& call) {
  call.expect_counts(2, 1);
  call.expect_same(call.in(0), call.in(1), "operand");
  call.expect_same(call.in(0), call.out(0), "result");
  return call.out(0).elements();
}

void run_add(const OpCall& call) {
  const int64_t n = check_pair(call);
  CDLM_CALL(call.device.level, add(call.device, call.in(0).f32(), call.in(1).f32(), call.out(0).f32(), n));
}

void run_multiply(const OpCall& call) {
  const int64_t n = check_pair(call);
  CDLM_CALL(call.device.level,
            multiply(call.device, call.in(0).f32(), call.in(1).f32(), call.out(0).f32(), n));
}

void run_scale(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &x = call.in(0), &s = call.in(1), &y = call.out(0);
  call.expect(s, "s", DataType::f32, {1});
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, scale(call.device, x.f32(), s.f32(), y.f32(), y.elements()));
}

}  // namespace

CDLM_OP("add", run_add);
CDLM_OP("multiply", run_multiply);
CDLM_OP("scale", run_scale);

}  // namespace cdlm
