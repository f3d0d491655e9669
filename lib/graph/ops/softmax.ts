import { noise } from "../nd-array.js";
import { dims, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { logSum } from "./log-sum.js";

/** softmax of every row of x [N, Y]. */
export const softmax = (x: Tensor): Tensor => x.graph.apply(softmaxOp, [x])[0]!;

export const softmaxOp: Op = {
  name: "softmax",
  infer: ([x]) => [{ type: "f32", shape: dims("softmax", "x", x, "f32", 2) }],
  gradient: ({ outputs: [y], outputGradients: [dY] }) => [y!.graph.apply(softmaxGradientOp, [y!, dY!])[0]],
  reference([x], [y]) {
    const columns = x!.shape[1]!;
    for (let i = 0; i < x!.data.length; i += columns)
      y!.data.set(softmaxOf(x!.data.subarray(i, i + columns)), i);
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8)] }, { inputs: [noise([3, 1], 2)] }];
  },
};

/** y ∘ (dY - ⟨dY, y⟩) in every row. */
export const softmaxGradientOp: Op = {
  name: "softmaxGradient",
  infer([y, dY]) {
    sameType("softmaxGradient", y!, dY!);
    return [{ type: "f32", shape: dims("softmaxGradient", "y", y, "f32", 2) }];
  },
  reference([y, dY], [dX]) {
    const columns = y!.shape[1]!;
    for (let i = 0; i < y!.data.length; i += columns) {
      let dot = 0;
      for (let j = i; j < i + columns; j++) dot += dY!.data[j]! * y!.data[j]!;
      for (let j = i; j < i + columns; j++) dX!.data[j] = y!.data[j]! * (dY!.data[j]! - dot);
    }
  },
  inPlace: { 0: 1 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1), noise([7, 33], 2)] }];
  },
};

/** log softmax of one row of numbers; finite where softmax underflows. */
export function logSoftmaxOf(row: ArrayLike<number>): Float64Array {
  const total = logSum(row);
  return Float64Array.from(row, (value) => value - total);
}

/** softmax of one row of numbers. */
export function softmaxOf(row: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(row);
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = values.map((value) => Math.exp(value - max));
  const total = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / total);
}
