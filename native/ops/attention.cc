#include "ops/attention.h"

#include "ops/check.h"

namespace cdlm {
namespace {

Attention check_attention(const OpCall& call) {
  const Tensor &qkv = call.in(0), &sentences = call.in(1);
  Attention a{};
  a.pieces = qkv.rows();
  a.heads = call.attributes.integer("heads");
  call.expect(qkv, "qkv", DataType::f32, {a.pieces, qkv.columns()});
  if (a.heads < 1 || qkv.columns() % (3 * a.heads) != 0)
    call.fail("number of heads", "a divisor of " + std::to_string(qkv.columns() / 3),
              std::to_string(a.heads));
  a.size = qkv.columns() / (3 * a.heads);
  call.expect(sentences, "sentences", DataType::i32, {sentences.rows(), 2});
  check_ranges(call, sentences, "sentences", a.pieces, Gaps::forbidden);
  a.sentences = sentences.rows();
  a.longest = longest_range(call, sentences);
  a.dropping = dropout_of(call, call.in(2));
  a.qkv = qkv.f32();
  a.ranges = sentences.i32();
  return a;
}

void run_attention(const OpCall& call) {
  call.expect_counts(3, 2);
  const Attention a = check_attention(call);
  const Tensor &context = call.out(0), &log_sums = call.out(1);
  call.expect(context, "context", DataType::f32, {a.pieces, a.heads * a.size});
  call.expect(log_sums, "log sums", DataType::f32, {a.pieces, a.heads});
  CDLM_CALL(call.device.level, attention(call.device, a, context.f32(), log_sums.f32()));
}

void run_attention_gradient(const OpCall& call) {
  call.expect_counts(6, 1);
  const Attention a = check_attention(call);
  const Tensor &context = call.in(3), &log_sums = call.in(4), &d_context = call.in(5), &d_qkv = call.out(0);
  call.expect(context, "context", DataType::f32, {a.pieces, a.heads * a.size});
  call.expect(log_sums, "log sums", DataType::f32, {a.pieces, a.heads});
  call.expect_same(context, d_context, "gradient");
  call.expect_same(call.in(0), d_qkv, "result");
  CDLM_CALL(call.device.level,
            attention_gradient(call.device, a, context.f32(), log_sums.f32(), d_context.f32(), d_qkv.f32()));
}

}  // namespace

CDLM_OP("attention", run_attention);
CDLM_OP("attentionGradient", run_attention_gradient);

}  // namespace cdlm
