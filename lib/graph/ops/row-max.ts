import { noise } from "../nd-array.js";
import { dims, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/**
 * Largest entry of every row of x [N, L] from column `first` on, [N, 1]: how much a word is drawn to any entity node
 * (METHOD 5.4). The gradient goes to the first of equal entries. 0 ≤ first < L.
 */
export const rowMax = (x: Tensor, first = 0): Tensor => x.graph.apply(rowMaxOp, [x], { first })[0]!;

export const rowMaxOp: Op = {
  name: "rowMax",
  infer: ([x]) => [{ type: "f32", shape: [dims("rowMax", "x", x, "f32", 2)[0]!, 1] }],
  gradient({ inputs: [x], attributes, outputGradients: [dY] }) {
    return [x!.graph.apply(rowMaxGradientOp, [x!, dY!], attributes)[0]];
  },
  reference([x], [y], { first }) {
    y!.data.forEach((_, row) => (y!.data[row] = x!.data[largestOf(x!.data, row, x!.shape[1]!, first!)]!));
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1)], attributes: { first: 1 } },
      { inputs: [noise([5, 2], 2)], attributes: { first: 1 } },
      { inputs: [noise([3, 17], 3)], attributes: { first: 0 } },
    ];
  },
};

/** dY at the largest entry of its row, 0 elsewhere. */
export const rowMaxGradientOp: Op = {
  name: "rowMaxGradient",
  infer([x, dY]) {
    const shape = dims("rowMaxGradient", "x", x, "f32", 2);
    sameType("rowMaxGradient", { type: "f32", shape: [shape[0]!, 1] }, dY!);
    return [{ type: "f32", shape }];
  },
  reference([x, dY], [dX], { first }) {
    dY!.data.forEach((value, row) => (dX!.data[largestOf(x!.data, row, x!.shape[1]!, first!)] = value));
  },
  get samples() {
    return [{ inputs: [noise([7, 33], 1), noise([7, 1], 2)], attributes: { first: 1 } }];
  },
};

/** Place of the first largest entry of a row. */
function largestOf(data: ArrayLike<number>, row: number, columns: number, first: number): number {
  let best = row * columns + first;
  for (let k = best + 1; k < (row + 1) * columns; k++) if (data[k]! > data[best]!) best = k;
  return best;
}
