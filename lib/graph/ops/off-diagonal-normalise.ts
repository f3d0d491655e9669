import { floats, noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/** x [L, L] divided by the mean of its entries off the diagonal; 0 if that is 0. The Δ of METHOD 2.3. */
export const offDiagonalNormalise = (x: Tensor): Tensor => x.graph.apply(offDiagonalNormaliseOp, [x])[0]!;

function meanOffDiagonal({ data, shape: [n] }: NdArray): number {
  const total = Array.from(data).reduce((sum, value, k) => (k % (n! + 1) === 0 ? sum : sum + value), 0);
  return n! > 1 ? total / (n! * (n! - 1)) : 0;
}

export const offDiagonalNormaliseOp: Op = {
  name: "offDiagonalNormalise",
  infer([x]) {
    const shape = dims("offDiagonalNormalise", "x", x, "f32", 2);
    sameDim("offDiagonalNormalise", "rows and columns", ...(shape as [number, number]));
    return [{ type: "f32", shape }];
  },
  gradient({ inputs: [x], outputs: [y], outputGradients: [dY] }) {
    return [x!.graph.apply(offDiagonalNormaliseGradientOp, [x!, y!, dY!])[0]];
  },
  reference([x], [y]) {
    const mean = meanOffDiagonal(x!);
    x!.data.forEach((value, k) => (y!.data[k] = mean === 0 ? 0 : value / mean));
  },
  get samples() {
    return [
      { inputs: [positive([7, 7], 1)] },
      { inputs: [floats([2, 2], [3, 0.5, 0.25, 1])] },
      { inputs: [floats([1, 1], [2])] },
    ];
  },
};

/** (dY - ⟨dY, y⟩ / (L (L - 1)) off the diagonal) / mean. */
export const offDiagonalNormaliseGradientOp: Op = {
  name: "offDiagonalNormaliseGradient",
  infer([x, y, dY]) {
    sameType("offDiagonalNormaliseGradient", x!, y!);
    sameType("offDiagonalNormaliseGradient", x!, dY!);
    return [{ type: "f32", shape: dims("offDiagonalNormaliseGradient", "x", x, "f32", 2) }];
  },
  reference([x, y, dY], [dX]) {
    const [mean, n] = [meanOffDiagonal(x!), x!.shape[0]!];
    const dot = Array.from(dY!.data).reduce((sum, value, k) => sum + value * y!.data[k]!, 0);
    dX!.data.forEach((_, k) => {
      const shift = k % (n + 1) === 0 ? 0 : dot / (n * (n - 1));
      dX!.data[k] = mean === 0 ? 0 : (dY!.data[k]! - shift) / mean;
    });
  },
  inPlace: { 0: 2 },
  get samples() {
    return [positive([7, 7], 1), floats([3, 3], new Float64Array(9))].map((x) => {
      const y = floats(x.shape, new Float64Array(x.data.length));
      offDiagonalNormaliseOp.reference([x], [y], {});
      return { inputs: [x, y, noise(x.shape, 2)] };
    });
  },
};

const positive = (shape: readonly number[], seed: number): NdArray =>
  floats(shape, Array.from(noise(shape, seed).data, (value) => value + 1.5)); // prettier-ignore
