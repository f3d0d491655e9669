import { noise } from "../nd-array.js";
import { sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** a + b, of one shape. */
export const add = (a: Tensor, b: Tensor): Tensor => a.graph.apply(addOp, [a, b])[0]!;

export const addOp: Op = {
  name: "add",
  infer([a, b]) {
    sameType("add", a!, b!);
    return [{ type: "f32", shape: a!.shape }];
  },
  gradient: ({ outputGradients: [dY] }) => [dY, dY],
  reference([a, b], [y]) {
    a!.data.forEach((value, i) => (y!.data[i] = value + b!.data[i]!));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([5, 33], 1), noise([5, 33], 2)] }, { inputs: [noise([1], 3), noise([1], 4)] }];
  },
};
