import { evaluationBatches } from "../data/batching.js";
import { joinWindows } from "../text/windows.js";
import { validTransitions } from "../text/tag-set.js";
import { batchInputs, cutSentences, type Cut, type Passage } from "./passages.js";
import type { TaggerModel } from "./tagger-model.js";

/** Pieces of one run: enough to fill the threads, little enough to stay in the caches and to be cancelled soon. */
const defaultBatchPieces = 2048;

export interface TaggedPassage {
  /** Tag index of each word. */
  tags: Int32Array;
  /** Probability of that tag for each word, 0 … 1. */
  confidences: Float32Array;
}

export interface TaggedSentence {
  tags: string[];
  /** Probability of each word's tag, 0 … 1. */
  confidences: number[];
  /** More than 1: the sentence was longer than the encoder's positions and was read in overlapping windows. */
  windows: number;
  warnings: string[];
}

export interface TaggingOptions {
  signal?: AbortSignal | undefined;
  batchPieces?: number;
  /** Words done of all. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Tags whole sentences, however long. */
export async function tagSentences(
  model: TaggerModel,
  sentences: readonly (readonly string[])[],
  options: TaggingOptions = {},
): Promise<TaggedSentence[]> {
  const cuts = await cutSentences(
    sentences.map((words) => ({ words })),
    model.tokenizer,
    model.maxPositions,
  );
  const tagged = await tagPassages(
    model,
    cuts.flatMap(({ passages }) => passages),
    options,
  );
  let next = 0;
  return cuts.map((cut) => join(model, cut, tagged.slice(next, (next += cut.passages.length))));
}

/** Best tags of passages, in their order; they are run in batches of like length. */
export async function tagPassages(
  model: TaggerModel,
  passages: readonly Passage[],
  { signal, batchPieces = defaultBatchPieces, onProgress }: TaggingOptions = {},
): Promise<TaggedPassage[]> {
  const results = new Array<TaggedPassage>(passages.length);
  const total = passages.reduce((sum, { words }) => sum + words.length, 0);
  let done = 0;
  for (const batch of evaluationBatches(
    passages.map(({ pieces }) => pieces),
    { pieces: batchPieces },
  )) {
    // prettier-ignore
    signal?.throwIfAborted();
    const chosen = batch.map((index) => passages[index]!);
    const { tags, probabilities } = await runPrediction(model, chosen, signal);
    let word = 0;
    for (const index of batch) {
      const end = word + passages[index]!.words.length;
      const own = tags.slice(word, end);
      const confidences = Float32Array.from(
        own,
        (tag, k) => probabilities[(word + k) * model.tagSet.size + tag]!,
      );
      results[index] = { tags: own, confidences };
      word = end;
    }
    onProgress?.((done += word), total);
  }
  return results;
}

async function runPrediction(model: TaggerModel, passages: readonly Passage[], signal?: AbortSignal) {
  const inputs = batchInputs(passages, model.tokenizer, model.maxPositions);
  const { tags, probabilities } = await model.prediction.run(
    { ...inputs, key: new Int32Array(2), transitions: transitionsOf(model) },
    { signal },
  );
  return { tags: tags as Int32Array, probabilities: probabilities as Float32Array };
}

/** 0 where a tag may follow another and far below every score where it may not; all 0 where each word stands alone. */
function transitionsOf({ tagSet, options }: TaggerModel): Float32Array {
  const valid = validTransitions(tagSet);
  return options.decoding === "argmax" ? valid.fill(0) : valid.map((allowed) => (allowed ? 0 : -1e4));
}

function join(
  { tagSet }: TaggerModel,
  { passages, warnings }: Cut,
  tagged: readonly TaggedPassage[],
): TaggedSentence {
  const windows = passages.map(({ window }) => window);
  const rows = tagged.map(({ tags, confidences }) =>
    [...tags].map((tag, k) => ({ tag, confidence: confidences[k]! })),
  );
  const words = joinWindows(windows, rows);
  return {
    tags: words.map(({ tag }) => tagSet.tags[tag]!),
    confidences: words.map(({ confidence }) => confidence),
    windows: windows.length,
    warnings,
  };
}
