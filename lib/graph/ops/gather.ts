import { ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** Rows `ids` [N] of a table [V, d]: embeddings, and the first pieces of words. */
export const gather = (table: Tensor, ids: Tensor): Tensor => table.graph.apply(gatherOp, [table, ids])[0]!;

/** A table of the shape of `like` [V, d], whose row v is the sum of the rows of x [N, d] with id v. */
export const scatterRows = (x: Tensor, ids: Tensor, like: Tensor): Tensor =>
  x.graph.apply(scatterRowsOp, [x, ids, like])[0]!;

/** Ids outside 0 … V - 1 end the run with SHAPE_MISMATCH. */
export const gatherOp: Op = {
  name: "gather",
  infer([table, ids]) {
    const [, d] = dims("gather", "table", table, "f32", 2);
    return [{ type: "f32", shape: [dims("gather", "ids", ids, "i32", 1)[0]!, d!] }];
  },
  gradient({ inputs: [table, ids], outputGradients: [dY] }) {
    return [scatterRows(dY!, ids!, table!), undefined];
  },
  reference([table, ids], [y]) {
    const d = table!.shape[1]!;
    ids!.data.forEach((id, row) => y!.data.set(table!.data.subarray(id * d, (id + 1) * d), row * d));
  },
  get samples() {
    return [
      { inputs: [noise([9, 33], 1), ints([6], [8, 0, 3, 3, 3, 0])] },
      { inputs: [noise([5, 4], 2), ints([0], [])] },
    ];
  },
};

/** Rows with equal ids are added in the order of the batch, so the sum has the same bits for any thread count. */
export const scatterRowsOp: Op = {
  name: "scatterRows",
  infer([x, ids, like]) {
    const [rows, d] = dims("scatterRows", "x", x, "f32", 2);
    const shape = dims("scatterRows", "like", like, "f32", 2);
    sameDim("scatterRows", "rows of x and ids", rows, dims("scatterRows", "ids", ids, "i32", 1)[0]);
    sameDim("scatterRows", "columns of x and of the table", d, shape[1]);
    return [{ type: "f32", shape }];
  },
  gradient: ({ inputs: [, ids], outputGradients: [dY] }) => [gather(dY!, ids!), undefined, undefined],
  reference([x, ids], [y]) {
    const d = x!.shape[1]!;
    x!.data.forEach((value, i) => (y!.data[ids!.data[Math.floor(i / d)]! * d + (i % d)]! += value));
  },
  get samples() {
    return [{ inputs: [noise([6, 33], 1), ints([6], [8, 0, 3, 3, 3, 0]), noise([9, 33], 2)] }];
  },
};
