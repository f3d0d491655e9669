import { Random } from "./data/random.js";
import type { Sentence } from "./data/sentence.js";
import { CdlmError } from "./errors.js";
import { scoreSpans, type SpanScores } from "./eval/span-scores.js";
import type { LanguageModel } from "./llm/language-model.js";
import { labelSentences } from "./llm/labelling.js";
import { TagSet } from "./text/tag-set.js";

export interface InContextRequest {
  llm: LanguageModel;
  /** Labelled sentences that the examples are chosen from; never those that are scored. */
  train: readonly Sentence[];
  /** Labelled sentences in the prompt; 0 shows none. */
  shots: number;
  /** Of their choice. */
  seed?: number;
  /** What the texts are about. */
  domain?: string;
  signal?: AbortSignal;
  /** Sentences labelled, and in all. */
  onProgress?: (done: number, total: number) => void;
}

export interface InContextScores extends SpanScores {
  /** The same with orphan I- tags ignored instead of opening a span. */
  strict: SpanScores;
  shots: number;
  /** Entities that the model named and that are not in the text, or overlap others. */
  outside: number;
  invalidAnswers: number;
  seconds: number;
}

/**
 * Strict span scores, in percent, of a language model alone that sees some labelled sentences in its context (METHOD 9):
 * the same scores as those of `evaluate`.
 * @throws CdlmError DATA_EMPTY, INVALID_OPTION; whatever the model throws
 */
export async function evaluateInContext(
  sentences: readonly Sentence[],
  { llm, train, shots, seed = 1, domain, signal, onProgress }: InContextRequest,
): Promise<InContextScores> {
  if (sentences.length === 0) throw new CdlmError("DATA_EMPTY", "there is no sentence to evaluate on");
  const examples = chosenExamples(train, shots, seed);
  const { types } = TagSet.of([...train, ...sentences].map(({ tags }) => tags));
  const started = performance.now();
  const words = sentences.map((sentence) => sentence.words);
  const labelling = labelSentences(words, { llm, types, examples, signal, ...(domain === undefined ? {} : { domain }) }); // prettier-ignore
  const predicted: (readonly string[])[] = [];
  const counts = { outside: 0, invalidAnswers: 0 };
  for await (const { sentence, outside, invalidAnswers } of labelling) {
    predicted.push(sentence.tags);
    counts.outside += outside;
    counts.invalidAnswers += invalidAnswers;
    onProgress?.(predicted.length, sentences.length);
  }
  const gold = sentences.map(({ tags }) => tags);
  const scores = { ...scoreSpans(gold, predicted), strict: scoreSpans(gold, predicted, "strict") };
  return { ...scores, ...counts, shots: examples.length, seconds: (performance.now() - started) / 1000 };
}

/** Sentences with entities, chosen by the seed: more shots add to fewer. */
export function chosenExamples(train: readonly Sentence[], count: number, seed: number): Sentence[] {
  const marked = train.filter(({ tags }) => tags.some((tag) => tag !== "O"));
  return Random.of(seed, "label examples").shuffle(marked).slice(0, count);
}
