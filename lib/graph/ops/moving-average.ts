import { floats, noise } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/**
 * decay · old + (1 - decay) · mean [G, d] in the rows whose count is positive, old in the others: a batch without a label
 * keeps the label's node (METHOD 2.2). counts: [G]; decay: [1], 0 to 1. The past is a constant: the gradient goes to the
 * mean alone. With decay 0, `old` stands in for groups without rows.
 */
export const movingAverage = (old: Tensor, mean: Tensor, counts: Tensor, decay: Tensor): Tensor =>
  old.graph.apply(movingAverageOp, [old, mean, counts, decay])[0]!;

export const movingAverageOp: Op = {
  name: "movingAverage",
  infer([old, mean, counts, decay]) {
    const [groups, d] = dims("movingAverage", "mean", mean, "f32", 2);
    sameType("movingAverage", old!, mean!);
    sameDim("movingAverage", "rows and counts", groups, dims("movingAverage", "counts", counts, "f32", 1)[0]);
    sameDim("movingAverage", "extents of decay and 1", dims("movingAverage", "decay", decay, "f32", 1)[0], 1);
    return [{ type: "f32", shape: [groups!, d!] }];
  },
  gradient({ inputs: [, , counts, decay], outputGradients: [dY] }) {
    return [undefined, dY!.graph.apply(movingAverageGradientOp, [dY!, counts!, decay!])[0]];
  },
  reference([old, mean, counts, decay], [y]) {
    const d = mean!.shape[1]!;
    y!.data.forEach((_, i) => {
      const kept = counts!.data[Math.floor(i / d)]! > 0 ? decay!.data[0]! : 1;
      y!.data[i] = kept * old!.data[i]! + (1 - kept) * mean!.data[i]!;
    });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [
      { inputs: [noise([4, 33], 1), noise([4, 33], 2), floats([4], [3, 0, 1, 0]), floats([1], [0.875])] },
      { inputs: [noise([2, 5], 3), noise([2, 5], 4), floats([2], [0, 2]), floats([1], [0])] },
    ];
  },
};

/** dMean = (1 - decay) · dY in the rows whose count is positive, 0 in the others. */
export const movingAverageGradientOp: Op = {
  name: "movingAverageGradient",
  infer: ([dY]) => [{ type: "f32", shape: dims("movingAverageGradient", "dY", dY, "f32", 2) }],
  reference([dY, counts, decay], [dMean]) {
    const d = dY!.shape[1]!;
    dY!.data.forEach((value, i) => {
      if (counts!.data[Math.floor(i / d)]! > 0) dMean!.data[i] = (1 - decay!.data[0]!) * value;
    });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([4, 33], 1), floats([4], [3, 0, 1, 0]), floats([1], [0.875])] }];
  },
};
