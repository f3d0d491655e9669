import type { WordRange } from "../model/mentions-in-batch.js";

/** What pools the words of mentions: their ranges, and each word's share of its mention's mean. Without mentions one of no word. */
export function spanInputs(spans: readonly WordRange[], words: number) {
  const spanWeights = new Float32Array(words);
  for (const [first, length] of spans) spanWeights.fill(1 / length, first, first + length);
  return { spans: Int32Array.from(spans.length > 0 ? spans.flat() : [0, 0]), spanWeights };
}

/** Tags of words whose mentions have the types of their largest scores [spans, types]. */
export function typedTags(spans: readonly WordRange[], scores: Float32Array, words: number): Int32Array {
  const types = scores.length / spans.length;
  const tags = new Int32Array(words);
  for (const [k, [first, length]] of spans.entries()) {
    const row = scores.subarray(k * types, (k + 1) * types);
    const type = row.indexOf(Math.max(...row));
    tags.fill(2 * type + 2, first, first + length);
    tags[first] = 2 * type + 1;
  }
  return tags;
}
