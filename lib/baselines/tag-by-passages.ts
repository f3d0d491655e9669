import { evaluationBatches } from "../data/batching.js";
import { cutSentences, type Passage } from "../model/passages.js";
import { joinWindows } from "../text/windows.js";
import type { Trainable } from "../training/trainable.js";

const batchPieces = 2048;

/**
 * Tags whole sentences, however long.
 * @param tagBatch tag index of every word of some passages, laid end to end
 */
export async function tagByPassages(
  { tokenizer, maxPositions, tagSet }: Trainable,
  sentences: readonly (readonly string[])[],
  tagBatch: (passages: readonly Passage[]) => Promise<ArrayLike<number>>,
): Promise<{ tags: string[] }[]> {
  const cuts = await cutSentences(sentences.map((words) => ({ words })), tokenizer, maxPositions); // prettier-ignore
  const passages = cuts.flatMap((cut) => cut.passages);
  const tagged = new Map<Passage, number[]>();
  for (const indices of evaluationBatches(
    passages.map(({ pieces }) => pieces),
    { pieces: batchPieces },
  )) {
    // prettier-ignore
    const batch = indices.map((index) => passages[index]!);
    const tags = Array.from(await tagBatch(batch));
    let word = 0;
    for (const passage of batch) tagged.set(passage, tags.slice(word, (word += passage.words.length)));
  }
  return cuts.map((cut) => {
    const rows = cut.passages.map((passage) => tagged.get(passage)!);
    return { tags: joinWindows(cut.passages.map(({ window }) => window), rows).map((tag) => tagSet.tags[tag]!) }; // prettier-ignore
  });
}
