import { noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { sumRows } from "./sum-rows.js";

/** b [d] in every row of the shape of `like` [N, d], whose values are not read. */
export const expandRows = (b: Tensor, like: Tensor): Tensor => b.graph.apply(expandRowsOp, [b, like])[0]!;

export const expandRowsOp: Op = {
  name: "expandRows",
  infer([b, like]) {
    const shape = dims("expandRows", "like", like, "f32", 2);
    sameDim("expandRows", "length of b and columns", dims("expandRows", "b", b, "f32", 1)[0], shape[1]);
    return [{ type: "f32", shape }];
  },
  gradient: ({ outputGradients: [dY] }) => [sumRows(dY!), undefined],
  reference([b], [y]) {
    const d = b!.data.length;
    y!.data.forEach((_, i) => (y!.data[i] = b!.data[i % d]!));
  },
  get samples() {
    return [{ inputs: [noise([33], 1), noise([5, 33], 2)] }];
  },
};
