import type { Sentence } from "../data/sentence.js";
import { scoreSpans, type SpanScore } from "../eval/span-scores.js";
import type { TrainingState } from "./checkpoint.js";
import type { TrainingOptions } from "./options.js";
import type { Trainable } from "./trainable.js";

/** Whether the epoch that has just ended is to be scored on dev, and has not been. */
export function isDue(options: TrainingOptions, { epoch, batch, evaluatedEpoch }: TrainingState): boolean {
  const { epochs, evaluateFrom, evaluateEvery } = options;
  const every = evaluateEvery ?? Math.max(1, Math.round(epochs / 10));
  const isPlanned = epoch > 0 && epoch >= evaluateFrom * epochs && (epochs - epoch) % every === 0;
  return isPlanned && batch === 0 && evaluatedEpoch < epoch;
}

/** Precision, recall and F1 of a model as it stands, in percent. */
export async function scoreOn(
  dev: readonly Sentence[],
  model: Trainable,
  signal?: AbortSignal,
): Promise<SpanScore> {
  const predicted = await model.tagSentences(dev.map(({ words }) => words), { signal }); // prettier-ignore
  return scoreSpans(dev.map(({ tags }) => tags), predicted.map(({ tags }) => tags)).micro; // prettier-ignore
}

export function isBest(f1: number, { best }: TrainingState): boolean {
  return best === null || f1 > best.f1;
}

/** Writes a score into the state of the run. */
export function noteScore(f1: number, state: TrainingState): void {
  const better = isBest(f1, state);
  if (better) state.best = { f1, epoch: state.epoch };
  state.evaluatedEpoch = state.epoch;
  state.evaluationsWithoutGain = better ? 0 : state.evaluationsWithoutGain + 1;
}

export function outOfPatience({ patience }: TrainingOptions, state: TrainingState): boolean {
  return patience > 0 && state.evaluationsWithoutGain >= patience;
}
