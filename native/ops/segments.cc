#include "ops/segments.h"

#include "ops/check.h"

namespace cdlm {
namespace {

Segments check_segments(const OpCall& call, const Tensor& ranges, int64_t words) {
  call.expect(ranges, "words", DataType::i32, {ranges.rows(), 2});
  check_ranges(call, ranges, "words", words, Gaps::allowed);
  return {ranges.i32(), ranges.rows(), longest_range(call, ranges), words};
}

void run_softmax(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &x = call.in(0), &y = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  const Segments segments = check_segments(call, call.in(1), x.rows());
  call.expect_same(x, y, "result");
  CDLM_CALL(call.device.level, segment_softmax(call.device, segments, x.f32(), y.f32(), x.columns()));
}

void run_softmax_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &y = call.in(0), &dy = call.in(1), &dx = call.out(0);
  call.expect(y, "y", DataType::f32, {y.rows(), y.columns()});
  call.expect_same(y, dy, "gradient");
  const Segments segments = check_segments(call, call.in(2), y.rows());
  call.expect_same(y, dx, "result");
  CDLM_CALL(call.device.level,
            segment_softmax_gradient(call.device, segments, y.f32(), dy.f32(), dx.f32(), y.columns()));
}

// a [words, labels], q [words, d], u [sentences · labels, d] of a product, in whichever role.
Segments check_product(const OpCall& call, const Tensor& a, const Tensor& q, const Tensor& u,
                       const Tensor& ranges) {
  const Segments segments = check_segments(call, ranges, a.rows());
  call.expect(a, "weights", DataType::f32, {a.rows(), a.columns()});
  call.expect(q, "words", DataType::f32, {a.rows(), q.columns()});
  call.expect(u, "nodes", DataType::f32, {segments.sentences * a.columns(), q.columns()});
  return segments;
}

void run_matmul(const OpCall& call) {
  call.expect_counts(4, 1);
  const Tensor &a = call.in(0), &q = call.in(1), &u = call.out(0);
  const Segments segments = check_product(call, a, q, u, call.in(2));
  CDLM_CALL(call.device.level,
            segment_matmul(call.device, segments, a.f32(), q.f32(), u.f32(), a.columns(), q.columns()));
}

void run_expand(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &a = call.in(0), &u = call.in(1), &q = call.out(0);
  const Segments segments = check_product(call, a, q, u, call.in(2));
  CDLM_CALL(call.device.level,
            segment_expand(call.device, segments, a.f32(), u.f32(), q.f32(), a.columns(), q.columns()));
}

void run_scores(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &q = call.in(0), &u = call.in(1), &a = call.out(0);
  const Segments segments = check_product(call, a, q, u, call.in(2));
  CDLM_CALL(call.device.level,
            segment_scores(call.device, segments, q.f32(), u.f32(), a.f32(), a.columns(), q.columns()));
}

// Checks adjacency [labels, labels] and nodes [sentences · labels, d]; returns the number of sentences.
int64_t check_nodes(const OpCall& call, const Tensor& adjacency, const Tensor& u) {
  const int64_t labels = adjacency.rows();
  call.expect(adjacency, "adjacency", DataType::f32, {labels, labels});
  call.expect(u, "nodes", DataType::f32, {u.rows(), u.columns()});
  if (labels < 1 || u.rows() % labels != 0)
    call.fail("nodes", "rows in multiples of " + std::to_string(labels), std::to_string(u.rows()));
  return u.rows() / labels;
}

void run_mix(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &adjacency = call.in(0), &u = call.in(1), &y = call.out(0);
  const int64_t sentences = check_nodes(call, adjacency, u);
  call.expect_same(u, y, "result");
  CDLM_CALL(call.device.level, graph_mix(call.device, adjacency.f32(), call.attributes.flag("transposed"),
                                         u.f32(), y.f32(), sentences, adjacency.rows(), u.columns()));
}

void run_mix_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &adjacency = call.in(0), &u = call.in(1), &dy = call.in(2), &d_adjacency = call.out(0);
  const int64_t sentences = check_nodes(call, adjacency, u);
  call.expect_same(u, dy, "gradient");
  call.expect_same(adjacency, d_adjacency, "result");
  CDLM_CALL(call.device.level, graph_mix_gradient(call.device, u.f32(), dy.f32(), d_adjacency.f32(),
                                                  sentences, adjacency.rows(), u.columns()));
}

}  // namespace

CDLM_OP("segmentSoftmax", run_softmax);
CDLM_OP("segmentSoftmaxGradient", run_softmax_gradient);
CDLM_OP("segmentMatmul", run_matmul);
CDLM_OP("segmentExpand", run_expand);
CDLM_OP("segmentScores", run_scores);
CDLM_OP("graphMix", run_mix);
CDLM_OP("graphMixGradient", run_mix_gradient);

}  // namespace cdlm
