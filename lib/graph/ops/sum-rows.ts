import { noise } from "../nd-array.js";
import { dims, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { expandRows } from "./expand-rows.js";

/** Sum of the rows of x [N, d], [d]. */
export const sumRows = (x: Tensor): Tensor => x.graph.apply(sumRowsOp, [x])[0]!;

export const sumRowsOp: Op = {
  name: "sumRows",
  infer: ([x]) => [{ type: "f32", shape: [dims("sumRows", "x", x, "f32", 2)[1]!] }],
  gradient: ({ inputs: [x], outputGradients: [dY] }) => [expandRows(dY!, x!)],
  reference([x], [y]) {
    const d = y!.data.length;
    x!.data.forEach((value, i) => (y!.data[i % d]! += value));
  },
  get samples() {
    return [{ inputs: [noise([7, 33], 1)] }, { inputs: [noise([301, 17], 2)] }];
  },
};
