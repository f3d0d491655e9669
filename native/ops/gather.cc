#include "ops/gather.h"

#include "ops/check.h"

namespace cdlm {
namespace {

void run_gather(const OpCall& call) {
  call.expect_counts(2, 1);
  const Tensor &table = call.in(0), &ids = call.in(1), &y = call.out(0);
  call.expect(table, "table", DataType::f32, {table.rows(), table.columns()});
  call.expect(ids, "ids", DataType::i32, {ids.rows()});
  call.expect(y, "result", DataType::f32, {ids.rows(), table.columns()});
  check_ids(call, ids, "ids", 0, table.rows());
  CDLM_CALL(call.device.level, gather(call.device, table.f32(), ids.i32(), y.f32(), y.rows(), y.columns()));
}

void run_scatter_rows(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &x = call.in(0), &ids = call.in(1), &like = call.in(2), &y = call.out(0);
  call.expect(x, "x", DataType::f32, {x.rows(), x.columns()});
  call.expect(ids, "ids", DataType::i32, {x.rows()});
  call.expect(like, "like", DataType::f32, {like.rows(), x.columns()});
  call.expect_same(like, y, "result");
  check_ids(call, ids, "ids", 0, y.rows());
  CDLM_CALL(call.device.level,
            scatter_rows(call.device, x.f32(), ids.i32(), y.f32(), x.rows(), y.rows(), x.columns(), false));
}

}  // namespace

CDLM_OP("gather", run_gather);
CDLM_OP("scatterRows", run_scatter_rows);

}  // namespace cdlm
