import { joinWindows } from "../text/windows.js";
import { contrastOf, effectOf } from "./contrast.js";
import { inBatches, type BatchRun } from "./in-batches.js";
import { cutSentences, type Cut, type Passage } from "./passages.js";
import { predict, type TaggedPassage } from "./predict.js";
import type { TaggerModel } from "./tagger-model.js";

/** Pieces of one run: enough to fill the threads, little enough to stay in the caches and to be cancelled soon. */
const defaultBatchPieces = 2048;

export interface ScoredSentence {
  tags: string[];
  /** Of all tags, [words, Y]. */
  scores: Float32Array;
  /** More than 1: the sentence was longer than the encoder's positions and was read in overlapping windows. */
  windows: number;
  warnings: string[];
}

export interface TaggingOptions {
  signal?: AbortSignal | undefined;
  batchPieces?: number | undefined;
  /** τ of Y - τ Ỹ, 0 … 1; default: the model's own. */
  tau?: number | undefined;
  /** Words done of all. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Tags whole sentences, however long. */
export async function tagSentences(
  model: TaggerModel,
  sentences: readonly (readonly string[])[],
  options: TaggingOptions = {},
): Promise<ScoredSentence[]> {
  const cuts = await cutSentences(
    sentences.map((words) => ({ words })),
    model,
  );
  const passages = cuts.flatMap((cut) => cut.passages);
  return joinCuts(model, cuts, await tagPassages(model, passages, options));
}

/** Best tags of passages, in their order, from Y - τ Ỹ where there is a τ. */
export async function tagPassages(
  model: TaggerModel,
  passages: readonly Passage[],
  options: TaggingOptions = {},
): Promise<TaggedPassage[]> {
  const { tau = model.options.counterfactual.tau, signal } = options;
  return inBatches(passages, passageBatches(passages, options), async (batch) => {
    if (tau === 0) return predict(model, batch, signal);
    return effectOf(model, await contrastOf(model, batch, signal), tau, signal);
  });
}

/** Batches within a number of pieces, whose words are counted for who watches. */
export function passageBatches(
  passages: readonly Passage[],
  { signal, batchPieces = defaultBatchPieces, onProgress }: TaggingOptions,
): BatchRun<Passage> {
  const kept = ({ window: { keepStart, keepEnd } }: Passage) => keepEnd - keepStart;
  const wordsOf = (some: readonly Passage[]) => some.reduce((sum, passage) => sum + kept(passage), 0);
  const total = wordsOf(passages);
  let done = 0;
  const onBatch = (batch: readonly Passage[]) => onProgress?.((done += wordsOf(batch)), total);
  return { sizeOf: ({ pieces }) => pieces, budget: batchPieces, signal, onBatch };
}

/** Sentences from their passages, of each window the words that count. */
export function joinCuts(
  model: TaggerModel,
  cuts: readonly Cut[],
  tagged: readonly TaggedPassage[],
): ScoredSentence[] {
  let next = 0;
  return cuts.map((cut) => join(model, cut, tagged.slice(next, (next += cut.passages.length))));
}

function join(
  { tagSet }: TaggerModel,
  { passages, warnings }: Cut,
  tagged: readonly TaggedPassage[],
): ScoredSentence {
  const windows = passages.map(({ window }) => window);
  const rows = tagged.map(({ tags, scores }) => [...tags].map((tag, word) => ({ tag, scores, word })));
  const words = joinWindows(windows, rows);
  const joined = new Float32Array(words.length * tagSet.size);
  words.forEach(({ scores, word }, k) =>
    joined.set(scores.subarray(word * tagSet.size, (word + 1) * tagSet.size), k * tagSet.size),
  );
  return {
    tags: words.map(({ tag }) => tagSet.tags[tag]!),
    scores: joined,
    windows: windows.length,
    warnings,
  };
}
