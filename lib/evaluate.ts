import type { Sentence } from "./data/sentence.js";
import { CdlmError } from "./errors.js";
import { scoreSpans, type SpanScores } from "./eval/span-scores.js";
import type { RecognizeOptions, Recognizer } from "./recognizer.js";

export interface Scores extends SpanScores {
  /** The same with orphan I- tags ignored instead of opening a span. */
  strict: SpanScores;
  seconds: number;
  windows: number;
}

/**
 * Strict span scores of a recogniser on sentences with gold tags, in percent.
 * @throws CdlmError DATA_EMPTY; LABEL_MISMATCH when the data has types that the model does not know
 */
export async function evaluate(
  recognizer: Recognizer,
  sentences: readonly Sentence[],
  options: RecognizeOptions = {},
): Promise<Scores> {
  if (sentences.length === 0) throw new CdlmError("DATA_EMPTY", "there is no sentence to evaluate on");
  requireKnownTypes(recognizer.types, sentences);
  const started = performance.now();
  const tagged = await recognizer.tagWords(sentences.map(({ words }) => words), options); // prettier-ignore
  const seconds = (performance.now() - started) / 1000;
  const gold = sentences.map(({ tags }) => tags);
  const predicted = tagged.map(({ tags }) => tags);
  const windows = tagged.reduce((sum, sentence) => sum + sentence.windows, 0);
  return { ...scoreSpans(gold, predicted), strict: scoreSpans(gold, predicted, "strict"), seconds, windows };
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
