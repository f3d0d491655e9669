import { CdlmError } from "../errors.js";
import { identityOf, spansOf, type Span, type SpanReading } from "../text/spans.js";

/** Tags of several sentences: `tags[sentence][word]`, IOB2. */
export type TaggedSentences = readonly (readonly string[])[];

/** Mentions counted; a predicted mention is correct when a gold one has its border and its type. */
export interface SpanCounts {
  correct: number;
  predicted: number;
  gold: number;
}

/** In percent, 0 … 100; a share of nothing is 0. */
export interface SpanScore {
  precision: number;
  recall: number;
  f1: number;
  /** Gold mentions. */
  support: number;
}

export interface SpanScores {
  /** Over all mentions. */
  micro: SpanScore;
  /** Mean over the types that occur in gold or prediction. */
  macro: SpanScore;
  /** By type, sorted by name. */
  types: Record<string, SpanScore>;
  sentences: number;
  words: number;
}

/**
 * Strict span scores.
 * @param reading of an `I-x` that continues no mention of type x: "conll" opens one, "strict" ignores it
 * @throws CdlmError DATA_INVALID on a tag that is not IOB2, or where gold and prediction differ in length
 */
export function scoreSpans(
  gold: TaggedSentences,
  predicted: TaggedSentences,
  reading: SpanReading = "conll",
): SpanScores {
  requireSameWords(gold, predicted);
  const total = nothing();
  const byType = new Map<string, SpanCounts>();
  const countsOf = (type: string) => {
    if (!byType.has(type)) byType.set(type, nothing());
    return byType.get(type)!;
  };
  for (const [sentence, tags] of gold.entries()) {
    countSpans(spansOf(tags, reading), spansOf(predicted[sentence]!, reading), (kind, { type }) => {
      total[kind]++;
      countsOf(type)[kind]++;
    });
  }
  const types = [...byType.keys()].sort().map((type) => [type, scoreOf(byType.get(type)!)] as const);
  return {
    micro: scoreOf(total),
    macro: meanScore(types.map(([, score]) => score)),
    types: Object.fromEntries(types),
    sentences: gold.length,
    words: gold.reduce((sum, tags) => sum + tags.length, 0),
  };
}

/**
 * Counts of each sentence, for statistics over sentences.
 * @throws CdlmError as `scoreSpans`
 */
export function sentenceCounts(gold: TaggedSentences, predicted: TaggedSentences): SpanCounts[] {
  requireSameWords(gold, predicted);
  return gold.map((tags, sentence) => {
    const counts = nothing();
    countSpans(spansOf(tags), spansOf(predicted[sentence]!), (kind) => counts[kind]++);
    return counts;
  });
}

/** F1 in percent; 0 where there is nothing to find and nothing found. */
export function f1Percent({ correct, predicted, gold }: SpanCounts): number {
  return percent(2 * correct, predicted + gold);
}

function scoreOf(counts: SpanCounts): SpanScore {
  return {
    precision: percent(counts.correct, counts.predicted),
    recall: percent(counts.correct, counts.gold),
    f1: f1Percent(counts),
    support: counts.gold,
  };
}

function meanScore(scores: readonly SpanScore[]): SpanScore {
  const sum = (name: keyof SpanScore) => scores.reduce((total, score) => total + score[name], 0);
  const mean = (name: keyof SpanScore) => (scores.length === 0 ? 0 : sum(name) / scores.length);
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1"), support: sum("support") };
}

function countSpans(
  gold: readonly Span[],
  predicted: readonly Span[],
  count: (kind: keyof SpanCounts, span: Span) => void,
): void {
  const wanted = new Set(gold.map(identityOf));
  for (const span of gold) count("gold", span);
  for (const span of predicted) {
    count("predicted", span);
    if (wanted.has(identityOf(span))) count("correct", span);
  }
}

function nothing(): SpanCounts {
  return { correct: 0, predicted: 0, gold: 0 };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function requireSameWords(gold: TaggedSentences, predicted: TaggedSentences): void {
  const refuse = (what: string, expected: number, received: number): never => {
    const details = { expected: `${expected} as in gold`, received: `${received}` };
    throw new CdlmError("DATA_INVALID", `gold and prediction do not fit: ${what}`, details);
  };
  if (predicted.length !== gold.length) refuse("number of sentences", gold.length, predicted.length);
  for (const [sentence, tags] of gold.entries()) {
    const received = predicted[sentence]!.length;
    if (received !== tags.length) refuse(`words of sentence ${sentence}`, tags.length, received);
  }
}
