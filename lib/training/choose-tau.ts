import type { Sentence } from "../data/sentence.js";
import { scoreSpans } from "../eval/span-scores.js";
import { contrastOf, effectOf, type Contrast } from "../model/contrast.js";
import { inBatches } from "../model/in-batches.js";
import { cutSentences } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { joinCuts, passageBatches, type ScoredSentence } from "../model/tagging.js";

/** Weights of the counterfactual that are tried. */
const taus = [0, 0.1, 0.2, 0.3, 0.5, 0.75, 1];

/** Words that are decoded at once. */
const batchWords = 8192;

export interface TauChoice {
  tau: number;
  /** Dev F1 in percent of every τ that was tried. */
  devF1: Record<string, number>;
}

/**
 * The τ of argmax(Y - τ Ỹ) that is best on dev (METHOD 5.5), the smallest of equals, and dev tagged with it. The encoder
 * runs once for Y and once for Ỹ; each τ only decodes.
 */
export async function chooseTau(
  model: TaggerModel,
  dev: readonly Sentence[],
  signal?: AbortSignal,
): Promise<{ choice: TauChoice; tagged: ScoredSentence[] }> {
  const cuts = await cutSentences(dev, model);
  const passages = cuts.flatMap((cut) => cut.passages);
  const contrasts = await inBatches(passages, passageBatches(passages, { signal }), (batch) =>
    contrastOf(model, batch, signal),
  );
  const devF1: Record<string, number> = {};
  let best: { tau: number; tagged: ScoredSentence[] } | undefined;
  for (const tau of taus) {
    const tagged = joinCuts(model, cuts, await decoded(model, contrasts, tau, signal));
    devF1[tau] = scoreSpans(dev.map(({ tags }) => tags), tagged.map(({ tags }) => tags)).micro.f1; // prettier-ignore
    if (!best || devF1[tau] > devF1[best.tau]!) best = { tau, tagged };
  }
  return { choice: { tau: best!.tau, devF1 }, tagged: best!.tagged };
}

function decoded(model: TaggerModel, contrasts: readonly Contrast[], tau: number, signal?: AbortSignal) {
  const sizeOf = ({ factual }: Contrast) => factual.tags.length;
  const run = (batch: readonly Contrast[]) => effectOf(model, batch, tau, signal);
  return inBatches(contrasts, { sizeOf, budget: batchWords, signal }, run);
}
