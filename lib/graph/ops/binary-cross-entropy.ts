import { floats, noise, type NdArray } from "../nd-array.js";
import { dims, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/**
 * Mean over all entries of -t log σ(z) - (1 - t) log(1 - σ(z)), [1]; logits z and targets t (0 to 1): [N, L]. The auxiliary
 * task of METHOD 3.6. Targets are constants to the gradient.
 */
export const binaryCrossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  logits.graph.apply(binaryCrossEntropyOp, [logits, targets])[0]!;

export const binaryCrossEntropyOp: Op = {
  name: "binaryCrossEntropy",
  infer([logits, targets]) {
    dims("binaryCrossEntropy", "logits", logits, "f32", 2);
    sameType("binaryCrossEntropy", logits!, targets!);
    return [{ type: "f32", shape: [1] }];
  },
  gradient({ inputs: [logits, targets], outputGradients: [dLoss] }) {
    return [logits!.graph.apply(binaryCrossEntropyGradientOp, [logits!, targets!, dLoss!])[0], undefined];
  },
  reference([logits, targets], [loss]) {
    const count = Math.max(1, logits!.data.length);
    logits!.data.forEach((z, k) => {
      const softplus = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      loss!.data[0]! += (softplus - z * targets!.data[k]!) / count;
    });
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), targetsOf([7, 33])] },
      { inputs: [noise([130, 17], 2, 64), targetsOf([130, 17])] },
      { inputs: [noise([0, 5], 3), targetsOf([0, 5])] },
    ];
  },
};

/** (σ(z) - t) · dLoss / number of entries. */
export const binaryCrossEntropyGradientOp: Op = {
  name: "binaryCrossEntropyGradient",
  infer([logits, targets]) {
    sameType("binaryCrossEntropyGradient", logits!, targets!);
    return [{ type: "f32", shape: dims("binaryCrossEntropyGradient", "logits", logits, "f32", 2) }];
  },
  reference([logits, targets, dLoss], [dLogits]) {
    const factor = dLoss!.data[0]! / logits!.data.length;
    logits!.data.forEach((z, k) => {
      dLogits!.data[k] = (1 / (1 + Math.exp(-z)) - targets!.data[k]!) * factor;
    });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8), targetsOf([7, 33]), floats([1], [0.75])] }];
  },
};

const targetsOf = (shape: readonly number[]): NdArray =>
  floats(shape, Array.from(noise(shape, 9).data, (value, k) => (k % 5 === 0 ? Math.abs(value) : Number(value > 0)))); // prettier-ignore
