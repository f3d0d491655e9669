import type { WordRange } from "../model/mentions-in-batch.js";

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
