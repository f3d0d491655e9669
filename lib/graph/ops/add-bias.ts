import { noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { sumRows } from "./sum-rows.js";

/** x [N, d] + b [d] in every row. */
export const addBias = (x: Tensor, b: Tensor): Tensor => x.graph.apply(addBiasOp, [x, b])[0]!;

export const addBiasOp: Op = {
  name: "addBias",
  infer([x, b]) {
    const shape = dims("addBias", "x", x, "f32", 2);
    sameDim("addBias", "columns of x and length of b", shape[1], dims("addBias", "b", b, "f32", 1)[0]);
    return [{ type: "f32", shape }];
  },
  gradient: ({ outputGradients: [dY] }) => [dY, sumRows(dY!)],
  reference([x, b], [y]) {
    const d = b!.data.length;
    x!.data.forEach((value, i) => (y!.data[i] = value + b!.data[i % d]!));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([5, 33], 1), noise([33], 2)] }];
  },
};
