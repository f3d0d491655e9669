import { noise } from "../nd-array.js";
import { sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** a ∘ b, of one shape. */
export const multiply = (a: Tensor, b: Tensor): Tensor => a.graph.apply(multiplyOp, [a, b])[0]!;

export const multiplyOp: Op = {
  name: "multiply",
  infer([a, b]) {
    sameType("multiply", a!, b!);
    return [{ type: "f32", shape: a!.shape }];
  },
  gradient({ inputs: [a, b], outputGradients: [dY] }) {
    return [multiply(dY!, b!), multiply(dY!, a!)];
  },
  reference([a, b], [y]) {
    a!.data.forEach((value, i) => (y!.data[i] = value * b!.data[i]!));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([5, 33], 1), noise([5, 33], 2)] }];
  },
};
