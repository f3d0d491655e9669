import { noise, zeros } from "../nd-array.js";
import { sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** x Φ(x), the exact form with erf that BERT uses. */
export const gelu = (x: Tensor): Tensor => x.graph.apply(geluOp, [x])[0]!;

export const geluOp: Op = {
  name: "gelu",
  infer: ([x]) => [{ type: "f32", shape: x!.shape }],
  gradient: ({ inputs: [x], outputGradients: [dY] }) => [x!.graph.apply(geluGradientOp, [x!, dY!])[0]],
  reference([x], [y]) {
    x!.data.forEach((value, i) => (y!.data[i] = value * normalCdf(value)));
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8)] }, { inputs: [zeros("f32", [1, 3])] }];
  },
};

/** dY ∘ (Φ(x) + x φ(x)). */
export const geluGradientOp: Op = {
  name: "geluGradient",
  infer([x, dY]) {
    sameType("geluGradient", x!, dY!);
    return [{ type: "f32", shape: x!.shape }];
  },
  reference([x, dY], [dX]) {
    x!.data.forEach((value, i) => (dX!.data[i] = dY!.data[i]! * geluSlope(value)));
  },
  inPlace: { 0: 1 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8), noise([7, 33], 2)] }];
  },
};

/** Derivative of x Φ(x). */
export function geluSlope(x: number): number {
  return normalCdf(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Φ(x) in float64: Taylor series near zero, continued fraction of the tail elsewhere. */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z > 38) return x > 0 ? 1 : 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let k = 1; k < 100 && term > 1e-18; k++) sum += term *= (z * z) / (2 * k + 1);
    return x > 0 ? 0.5 + density * sum : 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 200; k > 0; k--) fraction = z + k / fraction;
  return x > 0 ? 1 - density / fraction : density / fraction;
}
