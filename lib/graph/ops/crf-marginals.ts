import { ints, noise } from "../nd-array.js";
import type { Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { chainOf, checkField, sentencesOf } from "./crf-chain.js";
import { bioTransitions } from "./crf-loss.js";

/**
 * p(tag of a word | scores) under the field of `crfLoss`, [N, Y], by forward-backward; 0 for words outside `words`.
 * For predictions only: it has no gradient.
 */
export const crfMarginals = (scores: Tensor, transitions: Tensor, words: Tensor): Tensor =>
  scores.graph.apply(crfMarginalsOp, [scores, transitions, words])[0]!;

export const crfMarginalsOp: Op = {
  name: "crfMarginals",
  infer(inputs) {
    checkField("crfMarginals", inputs);
    return [{ type: "f32", shape: inputs[0]!.shape }];
  },
  reference([scores, transitions, words], [marginals]) {
    for (const [first, length] of sentencesOf(words!)) {
      const { alpha, beta, total, tags } = chainOf(scores!, transitions!, first, length);
      for (let j = 0; j < length; j++)
        for (let tag = 0; tag < tags; tag++)
          marginals!.data[(first + j) * tags + tag] = Math.exp(alpha[j]![tag]! + beta[j]![tag]! - total);
    }
  },
  get samples() {
    return [
      { inputs: [noise([11, 5], 1, 2), noise([6, 5], 2), ints([4, 2], [0, 4, 4, 1, 5, 0, 6, 5])] },
      { inputs: [noise([60, 35], 3, 4), bioTransitions(17, 4), ints([3, 2], [0, 31, 31, 1, 32, 28])] },
      { inputs: [noise([9, 7], 5, 256), bioTransitions(3, 6), ints([2, 2], [0, 4, 4, 5])] },
      { inputs: [noise([2, 1], 7), noise([2, 1], 8), ints([1, 2], [0, 2])] },
    ];
  },
};
