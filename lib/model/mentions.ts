import { calibrated } from "../eval/calibration.js";
import { spansOf, type Span } from "../text/spans.js";
import { validTransitionScores } from "./batch-inputs.js";
import { laidEndToEnd, rangesOf } from "./end-to-end.js";
import { inBatches } from "./in-batches.js";
import type { TaggerModel } from "./tagger-model.js";
import type { ScoredSentence } from "./tagging.js";

/** A mention that a model found. */
export interface Mention extends Span {
  /** 0 … 1: how often such a mention is right, as dev data said; the posterior where the model is not calibrated. */
  confidence: number;
  /** 0 … 1: share of the tag sequences that hold exactly this mention, each weighed by the model. */
  posterior: number;
}

/** Scores of all tags of some words, [words, Y], and mentions among them. */
export interface Field {
  scores: Float32Array;
  spans: readonly Span[];
}

const batchWords = 8192;

/** The mentions that sentences' tags hold, with their confidences. */
export async function mentionsOf(
  model: TaggerModel,
  sentences: readonly ScoredSentence[],
  signal?: AbortSignal,
): Promise<Mention[][]> {
  const fields = sentences.map(({ tags, scores }) => ({ scores, spans: spansOf(tags) }));
  const posteriors = await spanPosteriors(model, fields, signal);
  return fields.map(({ spans }, sentence) =>
    spans.map((span, k) => {
      const posterior = posteriors[sentence]![k]!;
      return { ...span, confidence: confidenceOf(model, posterior), posterior };
    }),
  );
}

export const confidenceOf = ({ calibration }: TaggerModel, posterior: number): number =>
  calibration ? calibrated(calibration, posterior) : posterior;

/**
 * Posterior of each field's spans, 0 … 1, by forward-backward over the valid tag sequences, with the learnt transitions
 * where the model has them.
 */
export async function spanPosteriors(
  model: TaggerModel,
  fields: readonly Field[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const wordsOf = ({ scores }: Field) => scores.length / model.tagSet.size;
  const typeIndices = new Map(model.tagSet.types.map((type, index) => [type, index]));
  const transitions = validTransitionScores(model.tagSet);
  return inBatches(fields, { sizeOf: wordsOf, budget: batchWords, signal }, async (batch) => {
    if (batch.every(({ spans }) => spans.length === 0)) return batch.map(() => []);
    const words = rangesOf(batch.map(wordsOf));
    const spans = batch.flatMap((field, k) =>
      field.spans.map(({ start, end, type }) => [words[2 * k]! + start, end - start, typeIndices.get(type)!]),
    );
    const scores = laidEndToEnd(batch.map((field) => field.scores));
    const inputs = { scores, words, transitions, spans: Int32Array.from(spans.flat()) };
    const { posteriors } = await model.program("posterior").run(inputs, { signal });
    let next = 0;
    return batch.map((field) => field.spans.map(() => Math.min(1, posteriors![next++]!)));
  });
}
