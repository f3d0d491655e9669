import { noise } from "../nd-array.js";
import { type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { expand } from "./expand.js";

/** Sum of all elements, [1]. */
export const sum = (x: Tensor): Tensor => x.graph.apply(sumOp, [x])[0]!;

export const sumOp: Op = {
  name: "sum",
  infer: () => [{ type: "f32", shape: [1] }],
  gradient: ({ inputs: [x], outputGradients: [dY] }) => [expand(dY!, x!)],
  reference([x], [y]) {
    y!.data[0] = (x!.data as Float64Array).reduce((total, value) => total + value, 0);
  },
  get samples() {
    return [{ inputs: [noise([7, 33], 1)] }, { inputs: [noise([1], 2)] }, { inputs: [noise([300, 129], 3)] }];
  },
};
