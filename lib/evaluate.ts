import { biasOf, sourcesOf, taggingBy, type BiasScores, type BiasSources } from "./bias.js";
import type { Dataset } from "./data/dataset.js";
import type { Sentence } from "./data/sentence.js";
import { CdlmError } from "./errors.js";
import { calibrationScores, type CalibrationScores } from "./eval/calibration-scores.js";
import { scoreSpans, type SpanScores } from "./eval/span-scores.js";
import type { RecognizeOptions, Recognizer } from "./recognizer.js";

export interface Scores extends SpanScores {
  /** The same with orphan I- tags ignored instead of opening a span. */
  strict: SpanScores;
  calibration: CalibrationScores;
  /** Present where it was asked for. */
  bias?: BiasScores;
  /** Of recognition, without the probe. */
  seconds: number;
  windows: number;
}

export interface EvaluateOptions extends RecognizeOptions {
  /** Also probes how far mentions and contexts carry the scores; `true` takes train and dev of the data set. */
  bias?: boolean | BiasSources;
}

/**
 * Strict span scores of a recogniser in percent, on sentences with gold tags or the test data of a data set, and how far
 * its confidences are right.
 * @throws CdlmError DATA_EMPTY; LABEL_MISMATCH when the data has types that the model does not know; INVALID_OPTION for
 * `bias: true` without a data set
 */
export async function evaluate(
  recognizer: Recognizer,
  data: readonly Sentence[] | Dataset,
  { bias = false, ...options }: EvaluateOptions = {},
): Promise<Scores> {
  const sentences = "train" in data ? (data.test ?? []) : data;
  const sources = biasSources(data, bias);
  if (sentences.length === 0) throw new CdlmError("DATA_EMPTY", "there is no sentence to evaluate on");
  requireKnownTypes(recognizer.types, sentences);
  const started = performance.now();
  const tagged = await recognizer.tagWords(sentences.map(({ words }) => words), options); // prettier-ignore
  const seconds = (performance.now() - started) / 1000;
  const gold = sentences.map(({ tags }) => tags);
  const predicted = tagged.map(({ tags }) => tags);
  const windows = tagged.reduce((sum, sentence) => sum + sentence.windows, 0);
  return {
    ...scoreSpans(gold, predicted),
    strict: scoreSpans(gold, predicted, "strict"),
    calibration: calibrationScores(recognizer.calibration, gold, tagged.map(({ mentions }) => mentions)), // prettier-ignore
    ...(sources ? { bias: await biasOf(sentences, predicted, sources, taggingBy(recognizer, options)) } : {}),
    seconds,
    windows,
  };
}

function biasSources(
  data: readonly Sentence[] | Dataset,
  bias: boolean | BiasSources,
): BiasSources | undefined {
  if (typeof bias === "object") return bias;
  if (!bias) return undefined;
  if ("train" in data) return sourcesOf(data);
  throw new CdlmError("INVALID_OPTION", "the bias probe needs to know what training has seen", {
    expected: "bias: { train, pool }, or a data set to evaluate on",
    received: "bias: true, with sentences alone",
  });
}

function requireKnownTypes(types: readonly string[], sentences: readonly Sentence[]): void {
  const known = new Set(types);
  const foreign = new Set<string>();
  for (const { tags } of sentences) for (const tag of tags) if (tag !== "O" && !known.has(tag.slice(2))) foreign.add(tag.slice(2)); // prettier-ignore
  if (foreign.size === 0) return;
  throw new CdlmError("LABEL_MISMATCH", "the data has entity types that the model does not know", {
    expected: types.join(", "),
    received: [...foreign].sort().join(", "),
    hint: "Evaluate on data of the model's domain, or adapt the model to this domain first",
  });
}
