import { floats, noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** Euclidean distances between the rows of x [L, d], [L, L]. Rows that coincide pass no gradient to each other. */
export const pairwiseDistance = (x: Tensor): Tensor => x.graph.apply(pairwiseDistanceOp, [x])[0]!;

export const pairwiseDistanceOp: Op = {
  name: "pairwiseDistance",
  infer([x]) {
    const [rows] = dims("pairwiseDistance", "x", x, "f32", 2);
    return [{ type: "f32", shape: [rows!, rows!] }];
  },
  gradient({ inputs: [x], outputs: [distances], outputGradients: [dDistances] }) {
    return [x!.graph.apply(pairwiseDistanceGradientOp, [x!, distances!, dDistances!])[0]];
  },
  reference([x], [distances]) {
    const [rows, d] = x!.shape as [number, number];
    distances!.data.forEach((_, k) => {
      const [i, j] = [Math.floor(k / rows), k % rows];
      for (let a = 0; a < d; a++) distances!.data[k]! += (x!.data[i * d + a]! - x!.data[j * d + a]!) ** 2;
      distances!.data[k] = Math.sqrt(distances!.data[k]!);
    });
  },
  get samples() {
    return [{ inputs: [noise([7, 33], 1)] }, { inputs: [twins()] }, { inputs: [noise([1, 3], 2)] }];
  },
};

/** dX[i] = Σ_j (dD[i, j] + dD[j, i]) (x[i] - x[j]) / D[i, j]. */
export const pairwiseDistanceGradientOp: Op = {
  name: "pairwiseDistanceGradient",
  infer([x, distances, dDistances]) {
    const [rows, d] = dims("pairwiseDistanceGradient", "x", x, "f32", 2);
    const [n] = dims("pairwiseDistanceGradient", "distances", distances, "f32", 2);
    sameDim("pairwiseDistanceGradient", "rows of x and distances", rows, n);
    sameType("pairwiseDistanceGradient", distances!, dDistances!);
    return [{ type: "f32", shape: [rows!, d!] }];
  },
  reference([x, distances, dDistances], [dX]) {
    const [rows, d] = x!.shape as [number, number];
    dX!.data.forEach((_, k) => {
      const [i, a] = [Math.floor(k / d), k % d];
      for (let j = 0; j < rows; j++) {
        const distance = distances!.data[i * rows + j]!;
        const weight = dDistances!.data[i * rows + j]! + dDistances!.data[j * rows + i]!;
        if (distance > 0) dX!.data[k]! += (weight * (x!.data[k]! - x!.data[j * d + a]!)) / distance;
      }
    });
  },
  get samples() {
    return [noise([7, 33], 1), twins()].map((x) => {
      const rows = x.shape[0]!;
      const distances = floats([rows, rows], new Float64Array(rows * rows));
      pairwiseDistanceOp.reference([x], [distances], {});
      return { inputs: [x, distances, noise([rows, rows], 2)] };
    });
  },
};

/** Rows of which two are equal. */
const twins = (): NdArray => floats([3, 2], [0.5, 1, 0.5, 1, -1, 0.25]);
