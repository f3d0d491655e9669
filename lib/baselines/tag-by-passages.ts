import { inBatches } from "../model/in-batches.js";
import { cutSentences, type Passage } from "../model/passages.js";
import { passageBatches } from "../model/tagging.js";
import { joinWindows } from "../text/windows.js";
import type { Trainable } from "../training/trainable.js";

/**
 * Tags whole sentences, however long.
 * @param tagBatch tag index of every word of some passages, laid end to end
 */
export async function tagByPassages(
  model: Trainable,
  sentences: readonly (readonly string[])[],
  tagBatch: (passages: readonly Passage[]) => Promise<ArrayLike<number>>,
): Promise<{ tags: string[] }[]> {
  const cuts = await cutSentences(sentences.map((words) => ({ words })), model); // prettier-ignore
  const passages = cuts.flatMap((cut) => cut.passages);
  const rows = await inBatches(passages, passageBatches(passages, {}), async (batch) => {
    const tags = Array.from(await tagBatch(batch));
    let word = 0;
    return batch.map(({ words }) => tags.slice(word, (word += words.length)));
  });
  let next = 0;
  return cuts.map(({ passages: own }) => {
    const words = joinWindows(own.map(({ window }) => window), rows.slice(next, (next += own.length))); // prettier-ignore
    return { tags: words.map((tag) => model.tagSet.tags[tag]!) };
  });
}
