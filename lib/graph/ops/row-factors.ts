import { noise } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** s ∘ x with one factor per row: x [N, d], s [N, 1]. The split of a word's features (METHOD 5.4). */
export const scaleRows = (x: Tensor, s: Tensor): Tensor => x.graph.apply(scaleRowsOp, [x, s])[0]!;

/** ⟨a, b⟩ of every row, [N, 1]; a, b: [N, d]. */
export const rowDots = (a: Tensor, b: Tensor): Tensor => a.graph.apply(rowDotsOp, [a, b])[0]!;

export const scaleRowsOp: Op = {
  name: "scaleRows",
  infer([x, s]) {
    const shape = dims("scaleRows", "x", x, "f32", 2);
    const [rows, one] = dims("scaleRows", "s", s, "f32", 2);
    sameDim("scaleRows", "rows of x and s", shape[0], rows);
    sameDim("scaleRows", "columns of s and 1", one, 1);
    return [{ type: "f32", shape }];
  },
  gradient: ({ inputs: [x, s], outputGradients: [dY] }) => [scaleRows(dY!, s!), rowDots(dY!, x!)],
  reference([x, s], [y]) {
    const d = x!.shape[1]!;
    x!.data.forEach((value, k) => (y!.data[k] = value * s!.data[Math.floor(k / d)]!));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([5, 33], 1), noise([5, 1], 2)] }];
  },
};

export const rowDotsOp: Op = {
  name: "rowDots",
  infer([a, b]) {
    sameType("rowDots", a!, b!);
    return [{ type: "f32", shape: [dims("rowDots", "a", a, "f32", 2)[0]!, 1] }];
  },
  gradient: ({ inputs: [a, b], outputGradients: [dY] }) => [scaleRows(b!, dY!), scaleRows(a!, dY!)],
  reference([a, b], [y]) {
    const d = a!.shape[1]!;
    a!.data.forEach((value, k) => (y!.data[Math.floor(k / d)]! += value * b!.data[k]!));
  },
  get samples() {
    return [{ inputs: [noise([5, 33], 1), noise([5, 33], 2)] }];
  },
};
