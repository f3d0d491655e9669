import { noise } from "../nd-array.js";
import type { Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** x as a constant: the same values, and no gradient flows back. */
export const detach = (x: Tensor): Tensor => x.graph.apply(detachOp, [x])[0]!;

export const detachOp: Op = {
  name: "detach",
  infer: ([x]) => [{ type: "f32", shape: x!.shape }],
  gradient: () => [],
  reference([x], [y]) {
    y!.data.set(x!.data);
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1)] }];
  },
};
