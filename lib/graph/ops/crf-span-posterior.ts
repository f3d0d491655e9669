import { ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { chainOf, checkField, sentencesOf } from "./crf-chain.js";
import { bioTransitions } from "./crf-loss.js";
import { logSum } from "./log-sum.js";

/**
 * The probability, under the field of `crfLoss`, that exactly this mention stands there, [K]. `spans` [K, 3]: first word,
 * number of words (within one sentence) and type t. Tags are those of BIO: B = 1 + 2t on the first word, I = 2 + 2t on
 * the others, and not I on the word after the span. For predictions only: it has no gradient.
 */
export const crfSpanPosterior = (scores: Tensor, transitions: Tensor, words: Tensor, spans: Tensor): Tensor =>
  scores.graph.apply(crfSpanPosteriorOp, [scores, transitions, words, spans])[0]!;

export const crfSpanPosteriorOp: Op = {
  name: "crfSpanPosterior",
  infer(inputs) {
    const [, tags] = checkField("crfSpanPosterior", inputs);
    const [count, columns] = dims("crfSpanPosterior", "spans", inputs[3], "i32", 2);
    sameDim("crfSpanPosterior", "columns of spans and 3", columns, 3);
    sameDim("crfSpanPosterior", "odd number of tags and tags", 2 * Math.floor(Number(tags) / 2) + 1, tags);
    return [{ type: "f32", shape: [count!] }];
  },
  reference([scores, transitions, words, spans], [posteriors]) {
    for (let k = 0; k < spans!.shape[0]!; k++) {
      const [start, count, type] = [...spans!.data.slice(3 * k, 3 * k + 3)] as [number, number, number];
      const [first, length] = sentencesOf(words!).find(([a, n]) => start >= a && start < a + n)!;
      const chain = chainOf(scores!, transitions!, first, length);
      posteriors!.data[k] = posterior(chain, start - first, count, type);
    }
  },
  get samples() {
    return [
      {
        inputs: [
          noise([11, 5], 1, 2),
          noise([6, 5], 2),
          ints([4, 2], [0, 4, 4, 1, 5, 0, 6, 5]),
          ints([6, 3], [6, 5, 1, 0, 1, 0, 1, 2, 1, 3, 1, 1, 4, 1, 0, 8, 2, 0]),
        ],
      },
      {
        inputs: [
          noise([60, 35], 3, 4),
          bioTransitions(17, 4),
          ints([2, 2], [0, 31, 31, 29]),
          ints([4, 3], [0, 3, 16, 30, 1, 0, 31, 1, 7, 40, 1, 2]),
        ],
      },
      {
        inputs: [noise([4, 7], 5, 64), bioTransitions(3, 6), ints([1, 2], [0, 4]), ints([2, 3], [0, 2, 2, 3, 1, 1])], // prettier-ignore
      },
      { inputs: [noise([2, 3], 7), noise([4, 3], 8), ints([1, 2], [0, 2]), ints([0, 3], [])] },
    ];
  },
};

function posterior(chain: ReturnType<typeof chainOf>, start: number, count: number, type: number): number {
  const [begin, inside, last] = [1 + 2 * type, 2 + 2 * type, start + count - 1];
  let score = chain.alpha[start]![begin]!;
  let current = begin;
  for (let j = start + 1; j <= last; j++, current = inside)
    score += chain.transition(current, inside) + chain.score(j, inside);
  const next = last + 1;
  const after = Array.from({ length: chain.tags }, (_, tag) => tag)
    .filter((tag) => next < chain.words && tag !== inside)
    .map((tag) => chain.transition(current, tag) + chain.score(next, tag) + chain.beta[next]![tag]!);
  return Math.exp(score + (next < chain.words ? logSum(after) : 0) - chain.total);
}
