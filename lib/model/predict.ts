import type { NativeTensors } from "../native/contract.js";
import { batchInputs } from "./batch-inputs.js";
import { packPassages, type Passage } from "./passages.js";
import type { TaggerModel } from "./tagger-model.js";

export interface TaggedPassage {
  /** Tag index of each word. */
  tags: Int32Array;
  /** Of all tags, [words, Y]: the field that `tags` are the best sequence of. */
  scores: Float32Array;
}

/** Best tags of the passages of one batch, from Y alone. */
export async function predict(
  model: TaggerModel,
  batch: readonly Passage[],
  signal?: AbortSignal,
): Promise<TaggedPassage[]> {
  const packed = packPassages(batch, model);
  const results = await model.program("prediction").run(batchInputs(packed, model), { signal });
  return passagesOf(model, batch.map(({ words }) => words.length), results); // prettier-ignore
}

/** The rows of each passage, from `tags` and `scores` of a batch. */
export function passagesOf(
  { tagSet: { size } }: TaggerModel,
  words: readonly number[],
  { tags, scores }: NativeTensors,
): TaggedPassage[] {
  let word = 0;
  return words.map((count) => {
    const [first, end] = [word, (word += count)];
    return {
      tags: (tags as Int32Array).slice(first, end),
      scores: (scores as Float32Array).slice(first * size, end * size),
    };
  });
}
