import { floats, ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/**
 * Mean of the rows of x [N, d] by their group `ids` [N] (-1: counts nowhere), [groups, d], and how many rows each group
 * has, [groups]. A group without rows has the mean 0 (METHOD 2.1: nodes of a label graph).
 */
export function groupMean(x: Tensor, ids: Tensor, groups: number): { means: Tensor; counts: Tensor } {
  const [means, counts] = x.graph.apply(groupMeanOp, [x, ids], { groups });
  return { means: means!, counts: counts! };
}

export const groupMeanOp: Op = {
  name: "groupMean",
  infer([x, ids], { groups }) {
    const [rows, d] = dims("groupMean", "x", x, "f32", 2);
    sameDim("groupMean", "rows of x and ids", rows, dims("groupMean", "ids", ids, "i32", 1)[0]);
    return [
      { type: "f32", shape: [groups!, d!] },
      { type: "f32", shape: [groups!] },
    ];
  },
  gradient({ inputs: [, ids], outputs: [, counts], outputGradients: [dMeans] }) {
    if (!dMeans) return [];
    return [dMeans.graph.apply(groupMeanGradientOp, [dMeans, ids!, counts!])[0], undefined];
  },
  reference([x, ids], [means, counts]) {
    const d = x!.shape[1]!;
    ids!.data.forEach((group) => group >= 0 && counts!.data[group]!++);
    x!.data.forEach((value, i) => {
      const group = ids!.data[Math.floor(i / d)]!;
      if (group >= 0) means!.data[group * d + (i % d)]! += value / counts!.data[group]!;
    });
  },
  get samples() {
    return [
      { inputs: [noise([9, 33], 1), ints([9], [3, 0, -1, 3, 3, 4, -1, 0, 3])], attributes: { groups: 6 } },
      { inputs: [noise([3, 5], 2), ints([3], [-1, -1, -1])], attributes: { groups: 2 } },
      {
        inputs: [noise([301, 7], 3), ints([301], Array.from({ length: 301 }, (_, i) => (i * 5) % 4))], // prettier-ignore
        attributes: { groups: 4 },
      },
    ];
  },
};

/** dX[row] = dMeans[group] / counts[group], 0 for rows that count nowhere. */
export const groupMeanGradientOp: Op = {
  name: "groupMeanGradient",
  infer([dMeans, ids, counts]) {
    const [groups, d] = dims("groupMeanGradient", "dMeans", dMeans, "f32", 2);
    const [counted] = dims("groupMeanGradient", "counts", counts, "f32", 1);
    sameDim("groupMeanGradient", "rows of dMeans and counts", groups, counted);
    return [{ type: "f32", shape: [dims("groupMeanGradient", "ids", ids, "i32", 1)[0]!, d!] }];
  },
  reference([dMeans, ids, counts], [dX]) {
    const d = dMeans!.shape[1]!;
    dX!.data.forEach((_, i) => {
      const group = ids!.data[Math.floor(i / d)]!;
      if (group >= 0) dX!.data[i] = dMeans!.data[group * d + (i % d)]! / counts!.data[group]!;
    });
  },
  get samples() {
    return [{ inputs: [noise([3, 33], 1), ints([6], [2, 0, -1, 2, 0, 2]), floats([3], [2, 0, 3])] }];
  },
};
