import { softmaxOf } from "../../lib/graph/ops/softmax.js";
import type { TaggerModel } from "../../lib/model/tagger-model.js";

/** Probabilities of the tags of every word, from its scores alone: [sentence][word][tag]. */
export async function wordProbabilities(model: TaggerModel, sentences: readonly (readonly string[])[]) {
  const { size } = model.tagSet;
  return (await model.tagSentences(sentences)).map(({ tags, scores }) =>
    tags.map((_, word) => softmaxOf(scores.subarray(word * size, (word + 1) * size))),
  );
}

/** Mean over words of the total variation between two models, or two readings: 0 … 1. */
export function meanVariation(
  own: readonly ArrayLike<number>[],
  others: readonly ArrayLike<number>[],
): number {
  const variations = own.map((p, word) =>
    Array.from(p).reduce((sum, value, tag) => sum + Math.abs(value - others[word]![tag]!) / 2, 0),
  );
  return variations.reduce((a, b) => a + b, 0) / variations.length;
}
