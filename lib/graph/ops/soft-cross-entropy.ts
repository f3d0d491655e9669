import { floats, noise, type NdArray } from "../nd-array.js";
import { dims, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { logSoftmaxOf, softmaxOf } from "./softmax.js";

/**
 * Mean over words of -Σ targets · log softmax(logits), both [N, Y], as [1]: what another model says of the words, as
 * probabilities, is to be said by the logits too. Targets are constants. No words: 0.
 */
export const softCrossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  logits.graph.apply(softCrossEntropyOp, [logits, targets])[0]!;

function check(op: string, [logits, targets]: Parameters<Op["infer"]>[0]): void {
  dims(op, "logits", logits, "f32", 2);
  sameType(op, logits!, targets!);
}

/** Logits and targets of every word. */
function wordsOf(logits: NdArray, targets: NdArray) {
  const [words, tags] = logits.shape as [number, number];
  const row = ({ data }: NdArray, word: number) => data.subarray(word * tags, (word + 1) * tags);
  return Array.from({ length: words }, (_, word) => ({
    at: word * tags,
    logs: logSoftmaxOf(row(logits, word)),
    t: row(targets, word),
  }));
}

export const softCrossEntropyOp: Op = {
  name: "softCrossEntropy",
  infer(inputs) {
    check("softCrossEntropy", inputs);
    return [{ type: "f32", shape: [1] }];
  },
  gradient({ inputs: [logits, targets], outputGradients: [dLoss] }) {
    return [logits!.graph.apply(softCrossEntropyGradientOp, [logits!, targets!, dLoss!])[0], undefined];
  },
  reference([logits, targets], [loss]) {
    const words = wordsOf(logits!, targets!);
    for (const { logs, t } of words)
      logs.forEach((value, tag) => (loss!.data[0]! -= (t[tag]! * value) / words.length));
  },
  get samples() {
    return [
      { inputs: [noise([7, 33], 1, 8), probabilities([7, 33], 2)] },
      { inputs: [noise([300, 9], 3, 4), probabilities([300, 9], 4)] },
      { inputs: [noise([3, 5], 5, 4000), probabilities([3, 5], 6)] },
    ];
  },
};

/** (softmax(logits) · Σ targets - targets) · dLoss / words. */
export const softCrossEntropyGradientOp: Op = {
  name: "softCrossEntropyGradient",
  infer(inputs) {
    check("softCrossEntropyGradient", inputs);
    return [{ type: "f32", shape: inputs[0]!.shape }];
  },
  reference([logits, targets, dLoss], [dLogits]) {
    const words = wordsOf(logits!, targets!);
    for (const { at, logs, t } of words) {
      const mass = Array.from(t).reduce((a, b) => a + b, 0);
      const factor = dLoss!.data[0]! / words.length;
      logs.forEach((value, tag) => (dLogits!.data[at + tag] = (Math.exp(value) * mass - t[tag]!) * factor));
    }
  },
  inPlace: { 0: 0 },
  get samples() {
    return [{ inputs: [noise([7, 33], 1, 8), probabilities([7, 33], 2), floats([1], [0.75])] }];
  },
};

/** Rows that add up to 1, for samples. */
function probabilities(shape: readonly [number, number], seed: number): NdArray {
  const [rows, columns] = shape;
  const { data } = noise([rows, columns], seed, 4);
  const values = Array.from({ length: rows }, (_, row) => [...softmaxOf(data.subarray(row * columns, (row + 1) * columns))]); // prettier-ignore
  return floats([rows, columns], values.flat());
}
