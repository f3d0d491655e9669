import { floats, ints, noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, type Op, type Sample } from "../op.js";
import type { Tensor } from "../tensor.js";
import { chainOf, checkField, sentencesOf } from "./crf-chain.js";

/**
 * Loss of a linear-chain conditional random field (Lafferty et al. 2001), as [1]: the sum over sentences of
 * -log p(gold | scores), divided by the number of words with a tag. A sequence has the score Σ scores [N, Y] +
 * transitions [Y + 1, Y], whose last row holds the scores of starting; a forbidden transition is a large negative
 * number. `words` [S, 2]: first word and number of words of each sentence; words outside do not count.
 *
 * A word whose `gold` [N] is -1 may have any tag: p(gold) is then the probability of all sequences that agree with the
 * tags that are given, so a sentence without tags adds nothing.
 */
export const crfLoss = (scores: Tensor, transitions: Tensor, words: Tensor, gold: Tensor): Tensor =>
  scores.graph.apply(crfLossOp, [scores, transitions, words, gold])[0]!;

function checkLoss(op: string, inputs: Parameters<Op["infer"]>[0]): void {
  const [n] = checkField(op, inputs);
  sameDim(op, "rows of scores and gold", n, dims(op, "gold", inputs[3], "i32", 1)[0]);
}

/** Sentences with a tag at least. */
const taggedSentences = (words: NdArray, gold: NdArray): [number, number][] =>
  sentencesOf(words).filter(([first, length]) =>
    gold.data.subarray(first, first + length).some((tag) => tag >= 0),
  );

function counted(words: NdArray, gold: NdArray): number {
  const inSentences = sentencesOf(words).flatMap(([first, length]) => [
    ...gold.data.subarray(first, first + length),
  ]);
  return Math.max(1, inSentences.filter((tag) => tag >= 0).length);
}

export const crfLossOp: Op = {
  name: "crfLoss",
  infer(inputs) {
    checkLoss("crfLoss", inputs);
    return [{ type: "f32", shape: [1] }];
  },
  gradient({ inputs, outputGradients: [dLoss] }) {
    return [...dLoss!.graph.apply(crfLossGradientOp, [...inputs, dLoss!])];
  },
  reference([scores, transitions, words, gold], [loss]) {
    for (const [first, length] of taggedSentences(words!, gold!)) {
      const free = chainOf(scores!, transitions!, first, length);
      const tied = chainOf(scores!, transitions!, first, length, gold!.data);
      loss!.data[0]! += (free.total - tied.total) / counted(words!, gold!);
    }
  },
  get samples() {
    return fields();
  },
};

/** Expected minus observed counts, times dLoss / counted words: dScores [N, Y], dTransitions [Y + 1, Y]. */
export const crfLossGradientOp: Op = {
  name: "crfLossGradient",
  infer(inputs) {
    checkLoss("crfLossGradient", inputs);
    return [
      { type: "f32", shape: inputs[0]!.shape },
      { type: "f32", shape: inputs[1]!.shape },
    ];
  },
  reference([scores, transitions, words, gold, dLoss], [dScores, dTransitions]) {
    const factor = dLoss!.data[0]! / counted(words!, gold!);
    for (const [first, length] of taggedSentences(words!, gold!))
      for (const [tags, sign] of [
        [undefined, 1],
        [gold!.data, -1],
      ] as const) {
        // prettier-ignore
        const chain = chainOf(scores!, transitions!, first, length, tags);
        addExpectations(chain, first, sign * factor, dScores!, dTransitions!);
      }
  },
  get samples() {
    return fields().map(({ inputs }) => ({ inputs: [...inputs, floats([1], [0.75])] }));
  },
};

/** Adds the expected counts of tags and of pairs of neighbouring tags, times a factor. */
function addExpectations(
  chain: ReturnType<typeof chainOf>,
  first: number,
  factor: number,
  dScores: NdArray,
  dTransitions: NdArray,
): void {
  const { alpha, beta, total, tags } = chain;
  for (let j = 0; j < chain.words; j++)
    for (let to = 0; to < tags; to++) {
      const p = Math.exp(alpha[j]![to]! + beta[j]![to]! - total);
      dScores.data[(first + j) * tags + to]! += factor * p;
      if (j === 0) dTransitions.data[tags * tags + to]! += factor * p;
      for (let from = 0; j > 0 && from < tags; from++) {
        const reached = alpha[j - 1]![from]! + chain.transition(from, to);
        const pair = Math.exp(reached + chain.score(j, to) + beta[j]![to]! - total);
        dTransitions.data[from * tags + to]! += factor * pair;
      }
    }
}

/** Transitions of the BIO scheme (B = 1 + 2·type, I = 2 + 2·type): noise, and -1e4 where I does not continue. */
export function bioTransitions(types: number, seed: number): NdArray {
  const tags = 2 * types + 1;
  const transitions = noise([tags + 1, tags], seed, 2);
  for (let from = 0; from <= tags; from++)
    for (let inside = 2; inside < tags; inside += 2)
      if (from === tags || (from !== inside && from !== inside - 1))
        transitions.data[from * tags + inside]! -= 1e4;
  return transitions;
}

/** Tags that the BIO scheme allows. */
function bioGold(words: number, types: number): number[] {
  const type = (word: number) => (word * 5) % types;
  return Array.from({ length: words }, (_, j) => [0, 1 + 2 * type(j - 1), 2 + 2 * type(j - 2)][j % 3]!);
}

// A free field with partial tags, a gap and an empty sentence; one word; BIO sentences of several blocks of vectors;
// scores so large that probabilities leave the range of fp32 and the likely way in is forbidden; no tags at all.
const fields = (): readonly Sample[] => [
  {
    inputs: [
      noise([11, 5], 1, 2),
      noise([6, 5], 2),
      ints([4, 2], [0, 4, 4, 1, 5, 0, 6, 5]),
      ints([11], [1, -1, 4, 0, -1, 3, 2, 2, -1, -1, 0]),
    ],
  },
  { inputs: [noise([1, 1], 3), noise([2, 1], 4), ints([1, 2], [0, 1]), ints([1], [0])] },
  {
    inputs: [
      noise([60, 35], 5, 4),
      bioTransitions(17, 6),
      ints([3, 2], [0, 31, 31, 1, 33, 27]),
      ints([60], [...bioGold(31, 17), 5, -1, ...bioGold(27, 17)]),
    ],
  },
  {
    inputs: [
      noise([9, 7], 7, 256),
      bioTransitions(3, 8),
      ints([2, 2], [0, 4, 4, 5]),
      ints([9], [0, 1, 2, 0, 0, -1, -1, 3, 4]),
    ],
  },
  { inputs: [noise([3, 5], 9), noise([6, 5], 10), ints([1, 2], [0, 3]), ints([3], [-1, -1, -1])] },
];
