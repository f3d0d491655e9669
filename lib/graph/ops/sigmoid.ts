import { noise } from "../nd-array.js";
import { sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** 1 / (1 + e^-x). */
export const sigmoid = (x: Tensor): Tensor => x.graph.apply(sigmoidOp, [x])[0]!;

export const sigmoidOp: Op = {
  name: "sigmoid",
  infer: ([x]) => [{ type: "f32", shape: x!.shape }],
  gradient: ({ outputs: [y], outputGradients: [dY] }) => [y!.graph.apply(sigmoidGradientOp, [y!, dY!])[0]],
  reference([x], [y]) {
    x!.data.forEach((value, k) => (y!.data[k] = 1 / (1 + Math.exp(-value))));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8)] }, { inputs: [noise([5], 2, 256)] }];
  },
};

/** y (1 - y) dY. */
export const sigmoidGradientOp: Op = {
  name: "sigmoidGradient",
  infer([y, dY]) {
    sameType("sigmoidGradient", y!, dY!);
    return [{ type: "f32", shape: y!.shape }];
  },
  reference([y, dY], [dX]) {
    y!.data.forEach((value, k) => (dX!.data[k] = value * (1 - value) * dY!.data[k]!));
  },
  inPlace: { 0: 1 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1), noise([7, 33], 2)] }];
  },
};
