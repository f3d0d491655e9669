import { floats, ints, noise } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/**
 * The best tag sequence of each sentence: argmax over sequences of Σ scores [N, Y] + transitions [Y + 1, Y], whose last
 * row holds the scores of starting. `words` [S, 2]: first word and number of words of each sentence. Returns i32 [N].
 * Ties go to the lower tag.
 */
export const viterbi = (scores: Tensor, transitions: Tensor, words: Tensor): Tensor =>
  scores.graph.apply(viterbiOp, [scores, transitions, words])[0]!;

export const viterbiOp: Op = {
  name: "viterbi",
  infer([scores, transitions, words]) {
    const [n, tags] = dims("viterbi", "scores", scores, "f32", 2);
    const [rows, columns] = dims("viterbi", "transitions", transitions, "f32", 2);
    sameDim("viterbi", "rows of transitions and tags + 1", rows, Number(tags) + 1);
    sameDim("viterbi", "columns of transitions and tags", columns, tags);
    sameDim("viterbi", "columns of words and 2", dims("viterbi", "words", words, "i32", 2)[1], 2);
    return [{ type: "i32", shape: [n!] }];
  },
  reference([scores, transitions, words], [best]) {
    const tags = scores!.shape[1]!;
    for (let s = 0; s < words!.shape[0]!; s++) {
      const [first, length] = [words!.data[2 * s]!, words!.data[2 * s + 1]!];
      const from: number[][] = [];
      let score: number[] = [];
      for (let word = first; word < first + length; word++) {
        const sources = word === first ? [tags] : Array.from({ length: tags }, (_, k) => k);
        const value = (source: number, tag: number) =>
          (word === first ? 0 : score[source]!) + transitions!.data[source * tags + tag]!;
        const back = Array.from({ length: tags }, (_, tag) =>
          sources.reduce((a, b) => (value(b, tag) > value(a, tag) ? b : a)),
        );
        score = back.map((source, tag) => value(source, tag) + scores!.data[word * tags + tag]!);
        from.push(back);
      }
      let tag = score.reduce((a, value, k) => (value > score[a]! ? k : a), 0);
      for (let word = length - 1; word >= 0; word--) {
        best!.data[first + word] = tag;
        tag = from[word]![tag]!;
      }
    }
  },
  get samples() {
    return [
      { inputs: [noise([9, 5], 1, 2), noise([6, 5], 2), ints([3, 2], [0, 4, 4, 1, 5, 4])] },
      { inputs: [noise([40, 29], 3, 2), noise([30, 29], 4, 4), ints([1, 2], [0, 40])] },
      {
        inputs: [
          floats([2, 3], [0, 0, 0, 1, 1, 0]),
          floats([4, 3], Array<number>(12).fill(0)),
          ints([1, 2], [0, 2]),
        ],
      },
    ];
  },
};
