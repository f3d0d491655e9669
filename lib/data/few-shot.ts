import { CdlmError } from "../errors.js";
import { spansOf } from "../text/spans.js";
import { Random } from "./random.js";
import type { Sentence } from "./sentence.js";

export interface FewShotOptions {
  /** K: mentions wanted of every type, at least 1. */
  shots: number;
  /** Number of the draw; the same number gives the same sentences. */
  draw: number;
  /** Types to draw for; default: those that occur in the sentences. */
  types?: readonly string[];
}

export interface FewShotType {
  type: string;
  /** Mentions in all sentences. */
  available: number;
  /** Mentions in the drawn sentences: at least min(shots, available), often more. */
  drawn: number;
  /** Whether fewer than `shots` are available, so that all of them were drawn. */
  short: boolean;
}

export interface FewShotDraw {
  /** The drawn sentences, in their original order. */
  sentences: Sentence[];
  /** Their positions among the given sentences, ascending. */
  indices: number[];
  /** What became of each type, in the order of drawing: rarest first. */
  report: FewShotType[];
}

/**
 * Draws a K-shot training set: types rarest first (ties by name), sentences holding the type in random order until K
 * mentions of it are drawn; all mentions in a drawn sentence count for their types. Rarest first, because frequent
 * types come along with the sentences of rare ones. A type with fewer than K mentions gets all it has.
 * @throws CdlmError INVALID_OPTION, DATA_EMPTY
 */
export function drawFewShot(
  sentences: readonly Sentence[],
  { shots, draw, types }: FewShotOptions,
): FewShotDraw {
  requireDrawable(sentences, shots);
  const mentions = sentences.map(({ tags }) => countByType(tags));
  const available = sumCounts(mentions, types ?? []);
  const wanted = rarestFirst(types ?? [...available.keys()], available);
  const random = Random.of(draw, "few-shot");
  const taken = new Set<number>();
  const drawn = new Map<string, number>();

  for (const type of wanted) {
    const holding = [...sentences.keys()].filter((index) => mentions[index]!.has(type));
    for (const index of random.shuffle(holding)) {
      if ((drawn.get(type) ?? 0) >= shots) break;
      if (taken.has(index)) continue;
      taken.add(index);
      for (const [other, count] of mentions[index]!) drawn.set(other, (drawn.get(other) ?? 0) + count);
    }
  }
  const indices = [...taken].sort((a, b) => a - b);
  const report = wanted.map((type) => describe(type, available.get(type)!, drawn.get(type) ?? 0, shots));
  return { sentences: indices.map((index) => sentences[index]!), indices, report };
}

function describe(type: string, available: number, drawn: number, shots: number): FewShotType {
  return { type, available, drawn, short: available < shots };
}

function requireDrawable(sentences: readonly Sentence[], shots: number): void {
  if (sentences.length === 0) throw new CdlmError("DATA_EMPTY", "no sentences to draw from");
  if (Number.isInteger(shots) && shots >= 1) return;
  throw new CdlmError("INVALID_OPTION", "wrong number of shots", {
    expected: "a whole number, 1 or more",
    received: `${shots}`,
  });
}

function countByType(tags: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of spansOf(tags)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

function sumCounts(counts: readonly Map<string, number>[], types: readonly string[]): Map<string, number> {
  const sum = new Map(types.map((type) => [type, 0]));
  for (const sentence of counts) {
    for (const [type, count] of sentence) sum.set(type, (sum.get(type) ?? 0) + count);
  }
  return sum;
}

function rarestFirst(types: readonly string[], available: ReadonlyMap<string, number>): string[] {
  return [...new Set(types)].sort((a, b) => available.get(a)! - available.get(b)! || (a < b ? -1 : 1));
}
