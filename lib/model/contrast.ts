import { batchInputs, transitionsOf } from "./batch-inputs.js";
import { laidEndToEnd, rangesOf } from "./end-to-end.js";
import { maskInputs } from "./mask-inputs.js";
import { packPassages, type Passage } from "./passages.js";
import type { TaggerModel } from "./tagger-model.js";
import { passagesOf, predict, type TaggedPassage } from "./predict.js";

/** What Y - τ Ỹ of a passage is made of, whatever τ. */
export interface Contrast {
  /** Y and its best tags. */
  factual: TaggedPassage;
  /** Ỹ [words, Y]: without the words that Y takes for entities, in their rows; 0 in all others. */
  counterfactual: Float32Array;
}

/** Y and Ỹ of the passages of one batch (METHOD 5.3). */
export async function contrastOf(
  model: TaggerModel,
  batch: readonly Passage[],
  signal?: AbortSignal,
): Promise<Contrast[]> {
  const { size } = model.tagSet;
  const factual = await predict(model, batch, signal);
  const marked = factual.flatMap(({ tags }) => Array.from(tags, (tag) => tag > 0));
  const scores = marked.includes(true)
    ? await scoresWithout(model, batch, marked, signal)
    : new Float32Array(marked.length * size);
  let word = 0;
  return factual.map((passage) => {
    const [first, end] = [word, (word += passage.tags.length)];
    return { factual: passage, counterfactual: scores.slice(first * size, end * size) };
  });
}

async function scoresWithout(
  model: TaggerModel,
  batch: readonly Passage[],
  marked: readonly boolean[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const packed = packPassages(batch, model);
  const inputs = { ...batchInputs(packed, model), ...maskInputs(packed, marked, model.tokenizer) };
  const { scores } = await model.program("counterfactual").run(inputs, { signal });
  return scores as Float32Array;
}

/** Best tags of Y - τ Ỹ (METHOD 5.5); no encoder runs. */
export async function effectOf(
  model: TaggerModel,
  contrasts: readonly Contrast[],
  tau: number,
  signal?: AbortSignal,
): Promise<TaggedPassage[]> {
  const lengths = contrasts.map(({ factual }) => factual.tags.length);
  const inputs = {
    factual: laidEndToEnd(contrasts.map(({ factual }) => factual.scores)),
    counterfactual: laidEndToEnd(contrasts.map(({ counterfactual }) => counterfactual)),
    tau: Float32Array.of(tau),
    transitions: transitionsOf(model),
    words: rangesOf(lengths),
  };
  return passagesOf(model, lengths, await model.program("effect").run(inputs, { signal }));
}
