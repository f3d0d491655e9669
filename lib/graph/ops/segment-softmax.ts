import { ints, noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { sentencesOf } from "./crf-chain.js";
import { softmaxOf } from "./softmax.js";

/**
 * Softmax of every column of scores [N, L] over the words of each sentence: label-guided attention (METHOD 3.2). `words`
 * [S, 2]: first word and number of words of each sentence; words outside get 0.
 */
export const segmentSoftmax = (scores: Tensor, words: Tensor): Tensor =>
  scores.graph.apply(segmentSoftmaxOp, [scores, words])[0]!;

export const segmentSoftmaxOp: Op = {
  name: "segmentSoftmax",
  infer([scores, words]) {
    const [, two] = dims("segmentSoftmax", "words", words, "i32", 2);
    sameDim("segmentSoftmax", "columns of words and 2", two, 2);
    return [{ type: "f32", shape: dims("segmentSoftmax", "scores", scores, "f32", 2) }];
  },
  gradient({ inputs: [, words], outputs: [y], outputGradients: [dY] }) {
    return [y!.graph.apply(segmentSoftmaxGradientOp, [y!, dY!, words!])[0], undefined];
  },
  reference([scores, words], [y]) {
    const labels = scores!.shape[1]!;
    for (const entries of columnsOf(words!, labels)) {
      const weights = softmaxOf(entries.map((k) => scores!.data[k]!));
      entries.forEach((k, j) => (y!.data[k] = weights[j]!));
    }
  },
  get samples() {
    return [
      { inputs: [noise([11, 7], 1, 8), ints([4, 2], [0, 4, 4, 1, 5, 0, 6, 5])] },
      { inputs: [noise([40, 35], 2, 4), ints([2, 2], [1, 30, 31, 9])] },
    ];
  },
};

/** y ∘ (dY - Σ_words dY ∘ y) in every sentence and column. */
export const segmentSoftmaxGradientOp: Op = {
  name: "segmentSoftmaxGradient",
  infer([y, dY]) {
    sameType("segmentSoftmaxGradient", y!, dY!);
    return [{ type: "f32", shape: dims("segmentSoftmaxGradient", "y", y, "f32", 2) }];
  },
  reference([y, dY, words], [dX]) {
    for (const entries of columnsOf(words!, y!.shape[1]!)) {
      const dot = entries.reduce((sum, k) => sum + dY!.data[k]! * y!.data[k]!, 0);
      for (const k of entries) dX!.data[k] = y!.data[k]! * (dY!.data[k]! - dot);
    }
  },
  get samples() {
    return [{ inputs: [noise([11, 7], 1), noise([11, 7], 2), ints([4, 2], [0, 4, 4, 1, 5, 0, 6, 5])] }];
  },
};

/** Entries of every sentence's columns. */
function columnsOf(words: NdArray, labels: number): number[][] {
  return sentencesOf(words).flatMap(([first, length]) =>
    Array.from({ length: labels }, (_, label) =>
      Array.from({ length }, (_word, j) => (first + j) * labels + label),
    ),
  );
}
