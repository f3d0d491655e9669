import { noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** [a ; b] in every row: a [N, c], b [N, d] → [N, c + d]. */
export const concatColumns = (a: Tensor, b: Tensor): Tensor => a.graph.apply(concatColumnsOp, [a, b])[0]!;

export const concatColumnsOp: Op = {
  name: "concatColumns",
  infer([a, b]) {
    const [rows, left] = dims("concatColumns", "a", a, "f32", 2);
    const [others, right] = dims("concatColumns", "b", b, "f32", 2);
    sameDim("concatColumns", "rows", rows, others);
    return [{ type: "f32", shape: [rows!, Number(left) + Number(right)] }];
  },
  gradient({ inputs: [a], outputGradients: [dY] }) {
    return [...dY!.graph.apply(splitColumnsOp, [dY!], { left: Number(a!.shape[1]) })];
  },
  reference([a, b], [y]) {
    const [left, right] = [a!.shape[1]!, b!.shape[1]!];
    y!.data.forEach((_, k) => {
      const [row, c] = [Math.floor(k / (left + right)), k % (left + right)];
      y!.data[k] = c < left ? a!.data[row * left + c]! : b!.data[row * right + c - left]!;
    });
  },
  get samples() {
    return [{ inputs: [noise([5, 33], 1), noise([5, 7], 2)] }, { inputs: [noise([1, 1], 3), noise([1, 1], 4)] }]; // prettier-ignore
  },
};

/** The first `left` columns of y [N, c], and the others: the gradient of `concatColumns`. */
export const splitColumnsOp: Op = {
  name: "splitColumns",
  infer([y], { left }) {
    const [rows, columns] = dims("splitColumns", "y", y, "f32", 2);
    return [
      { type: "f32", shape: [rows!, left!] },
      { type: "f32", shape: [rows!, Number(columns) - left!] },
    ];
  },
  reference([y], [a, b], { left }) {
    const columns = y!.shape[1]!;
    y!.data.forEach((value, k) => {
      const [row, c] = [Math.floor(k / columns), k % columns];
      if (c < left!) a!.data[row * left! + c] = value;
      else b!.data[row * (columns - left!) + c - left!] = value;
    });
  },
  get samples() {
    return [{ inputs: [noise([5, 40], 1)], attributes: { left: 33 } }];
  },
};
