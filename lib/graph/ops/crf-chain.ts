import type { NdArray } from "../nd-array.js";
import { dims, sameDim } from "../op.js";
import type { Dim, TensorType } from "../tensor.js";
import { logSum } from "./log-sum.js";

/** Forward and backward messages of a linear chain in float64, for the references of the CRF's ops. */
export interface Chain {
  readonly tags: number;
  readonly words: number;
  /** alpha[j][t], beta[j][t]: log Σ e^score of what lies before and at, and of what lies after, tag t of word j. */
  readonly alpha: number[][];
  readonly beta: number[][];
  /** log Σ e^score over all allowed sequences. */
  readonly total: number;
  score(word: number, tag: number): number;
  /** Transition between tags; from `tags`: the start. */
  transition(from: number, to: number): number;
}

/**
 * The chain of the words `first` … `first + words - 1`, over the sequences that agree with the tags of `gold` that are
 * not negative.
 */
export function chainOf(
  scores: NdArray,
  transitions: NdArray,
  first: number,
  words: number,
  gold?: ArrayLike<number>,
): Chain {
  const tags = scores.shape[1]!;
  const all = Array.from({ length: tags }, (_, tag) => tag);
  const score = (word: number, tag: number) => {
    const known = gold ? gold[first + word]! : -1;
    return known >= 0 && known !== tag ? -Infinity : scores.data[(first + word) * tags + tag]!;
  };
  const transition = (from: number, to: number) => transitions.data[from * tags + to]!;
  const alpha: number[][] = [all.map((tag) => transition(tags, tag) + score(0, tag))];
  for (let j = 1; j < words; j++)
    alpha.push(
      all.map((to) => logSum(all.map((from) => alpha[j - 1]![from]! + transition(from, to))) + score(j, to)),
    );
  const beta: number[][] = [all.map(() => 0)];
  for (let j = words - 1; j > 0; j--)
    beta.unshift(
      all.map((from) => logSum(all.map((to) => transition(from, to) + score(j, to) + beta[0]![to]!))),
    );
  return { tags, words, alpha, beta, total: logSum(alpha[words - 1]!), score, transition };
}

/** First word and number of words of every sentence that has any. */
export function sentencesOf(words: NdArray): [number, number][] {
  const all = Array.from({ length: words.shape[0]! }, (_, s): [number, number] => {
    return [words.data[2 * s]!, words.data[2 * s + 1]!];
  });
  return all.filter(([, length]) => length > 0);
}

/** Checks scores [N, Y], transitions [Y + 1, Y] and words [S, 2]; returns N and Y. */
export function checkField(
  op: string,
  [scores, transitions, words]: readonly TensorType[],
): readonly [Dim, Dim] {
  const [n, tags] = dims(op, "scores", scores, "f32", 2);
  const [rows, columns] = dims(op, "transitions", transitions, "f32", 2);
  sameDim(op, "rows of transitions and tags + 1", rows, Number(tags) + 1);
  sameDim(op, "columns of transitions and tags", columns, tags);
  sameDim(op, "columns of words and 2", dims(op, "words", words, "i32", 2)[1], 2);
  return [n!, tags!];
}
