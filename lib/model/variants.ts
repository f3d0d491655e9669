import { batchInputs } from "./batch-inputs.js";
import { inBatches } from "./in-batches.js";
import { maskInputs } from "./mask-inputs.js";
import { packPassages, type Passage } from "./passages.js";
import { passagesOf, type TaggedPassage } from "./predict.js";
import type { TaggerModel } from "./tagger-model.js";

/** Pieces of one run: a sentence of 40 words with each of them unknown in turn is one. */
const batchPieces = 8192;

/** Words of a passage that are unknown, by their places in it. */
export type Unknown = readonly number[];

/**
 * Y and its best tags for a passage with some of its words unknown, once for each set of words, all of them in one run as
 * far as memory goes. An unknown word keeps its place and its number of pieces, which become [MASK] (METHOD 5.3).
 */
export async function predictVariants(
  model: TaggerModel,
  passage: Passage,
  variants: readonly Unknown[],
  { signal, onBatch }: { signal?: AbortSignal | undefined; onBatch?: (variants: number) => void } = {},
): Promise<TaggedPassage[]> {
  const run = { sizeOf: () => passage.pieces, budget: batchPieces, signal };
  const inRun = { ...run, onBatch: (batch: readonly Unknown[]) => onBatch?.(batch.length) };
  return inBatches(variants, inRun, async (batch) => {
    const packed = packPassages(batch.map(() => passage), model); // prettier-ignore
    const words = passage.words.length;
    const marked = new Array<boolean>(batch.length * words).fill(false);
    batch.forEach((unknown, k) => unknown.forEach((word) => (marked[k * words + word] = true)));
    const { "masked.pieces": pieces, "masked.shapes": shapes } = maskInputs(packed, marked, model.tokenizer);
    const inputs = { ...batchInputs(packed, model), pieces: pieces!, shapes: shapes! };
    const results = await model.program("prediction").run(inputs, { signal });
    return passagesOf(model, batch.map(() => words), results); // prettier-ignore
  });
}
