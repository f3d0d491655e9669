import { evaluationBatches } from "../data/batching.js";
import { joinWindows } from "../text/windows.js";
import type { NativeTensors } from "../native/contract.js";
import { batchInputs } from "./batch-inputs.js";
import { maskInputs } from "./mask-inputs.js";
import { cutSentences, packPassages, type Cut, type Passage } from "./passages.js";
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
  { signal, batchPieces = defaultBatchPieces, tau, onProgress }: TaggingOptions = {},
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
    const { tags, probabilities } = await runPrediction(model, chosen, { signal, tau });
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

/** Best tags of a batch, from Y - τ Ỹ where the model has a τ: the words it takes for entities are then masked. */
async function runPrediction(
  model: TaggerModel,
  passages: readonly Passage[],
  { signal, tau = model.options.counterfactual.tau }: TaggingOptions,
) {
  const packed = packPassages(passages, model.tokenizer, model.maxPositions);
  const inputs = batchInputs(packed, model);
  const first = predicted(await model.program("prediction").run(inputs, { signal }));
  const marked = Array.from(first.tags, (tag) => tag > 0);
  if (tau === 0 || !marked.includes(true)) return first;
  const masks = maskInputs(packed, marked, model.tokenizer);
  const all = { ...inputs, ...masks, tau: Float32Array.of(tau) };
  return predicted(await model.program("counterfactual").run(all, { signal }));
}

const predicted = ({ tags, probabilities }: NativeTensors) => ({
  tags: tags as Int32Array,
  probabilities: probabilities as Float32Array,
});

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
