import { noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor, TensorType } from "../tensor.js";

/** Rows of x [N, d] shifted and scaled to mean 0 and variance 1 (biased), then γ ∘ x̂ + β. Ba et al. 2016. */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  return x.graph.apply(layerNormOp, [x, gamma, beta], { epsilon })[0]!;
}

export const layerNormOp: Op = {
  name: "layerNorm",
  /** Outputs y [N, d] and the statistics [N, 2] (mean, 1 / standard deviation) that the gradient needs. */
  infer([x, gamma, beta]) {
    const [rows, d] = dims("layerNorm", "x", x, "f32", 2);
    sameDim("layerNorm", "columns of x and length of γ", d, dims("layerNorm", "γ", gamma, "f32", 1)[0]);
    sameDim("layerNorm", "columns of x and length of β", d, dims("layerNorm", "β", beta, "f32", 1)[0]);
    return layerNormOutputs(rows!, d!);
  },
  gradient({ inputs: [x, gamma], outputs: [, statistics], outputGradients: [dY] }) {
    return [...x!.graph.apply(layerNormGradientOp, [x!, gamma!, statistics!, dY!])];
  },
  reference([x, gamma, beta], [y, statistics], { epsilon }) {
    normalise(x!, gamma!, beta!, y!, statistics!, epsilon!);
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 4), noise([33], 2), noise([33], 3)], attributes: { epsilon: 1e-12 } },
    ];
  },
};

export const layerNormOutputs = (rows: TensorType["shape"][number], d: typeof rows): TensorType[] => [
  { type: "f32", shape: [rows, d] },
  { type: "f32", shape: [rows, 2] },
];

/** The arithmetic of layer norm, shared with the fused op. */
export function normalise(
  x: NdArray,
  gamma: NdArray,
  beta: NdArray,
  y: NdArray,
  statistics: NdArray,
  epsilon: number,
) {
  const [rows, d] = [x.shape[0]!, x.shape[1]!];
  for (let row = 0; row < rows; row++) {
    const values = (x.data as Float64Array).subarray(row * d, (row + 1) * d);
    const mean = values.reduce((sum, value) => sum + value, 0) / d;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / d;
    const inverse = 1 / Math.sqrt(variance + epsilon);
    statistics.data.set([mean, inverse], 2 * row);
    values.forEach(
      (value, j) => (y.data[row * d + j] = (value - mean) * inverse * gamma.data[j]! + beta.data[j]!),
    );
  }
}

const xSample = noise([7, 33], 1, 4);
const statisticsOf = (x: NdArray): NdArray => {
  const d = x.shape[1]!;
  const statistics: NdArray = {
    type: "f32",
    shape: [x.shape[0]!, 2],
    data: new Float64Array(2 * x.shape[0]!),
  };
  const unit: NdArray = { type: "f32", shape: [d], data: new Float64Array(d) };
  normalise(x, unit, unit, { ...x, data: new Float64Array(x.data.length) }, statistics, 1e-12);
  return statistics;
};

/** dX [N, d], dγ [d], dβ [d]. */
export const layerNormGradientOp: Op = {
  name: "layerNormGradient",
  infer([x, gamma, statistics, dY]) {
    const [rows, d] = dims("layerNormGradient", "x", x, "f32", 2);
    sameType("layerNormGradient", x!, dY!);
    sameDim(
      "layerNormGradient",
      "rows of x and statistics",
      rows,
      dims("layerNormGradient", "statistics", statistics, "f32", 2)[0],
    );
    return [
      { type: "f32", shape: [rows!, d!] },
      { type: "f32", shape: gamma!.shape },
      { type: "f32", shape: gamma!.shape },
    ];
  },
  reference([x, gamma, statistics, dY], [dX, dGamma, dBeta]) {
    const [rows, d] = [x!.shape[0]!, x!.shape[1]!];
    for (let row = 0; row < rows; row++) {
      const [mean, inverse] = [statistics!.data[2 * row]!, statistics!.data[2 * row + 1]!];
      let [sum, sumHat] = [0, 0];
      for (let j = 0, i = row * d; j < d; j++, i++) {
        const hat = (x!.data[i]! - mean) * inverse;
        dGamma!.data[j]! += dY!.data[i]! * hat;
        dBeta!.data[j]! += dY!.data[i]!;
        sum += dY!.data[i]! * gamma!.data[j]!;
        sumHat += dY!.data[i]! * gamma!.data[j]! * hat;
      }
      for (let j = 0, i = row * d; j < d; j++, i++) {
        const hat = (x!.data[i]! - mean) * inverse;
        dX!.data[i] = inverse * (dY!.data[i]! * gamma!.data[j]! - sum / d - (hat * sumHat) / d);
      }
    }
  },
  inPlace: { 0: 3 },
  get samples() {
    return [{ inputs: [xSample, noise([33], 2), statisticsOf(xSample), noise([7, 33], 3)] }];
  },
};
