import type { Sentence } from "../data/sentence.js";
import { scoreSpans } from "../eval/span-scores.js";
import { rewriteCdlmFile } from "../model/cdlm-file.js";
import { TaggerModel } from "../model/tagger-model.js";
import type { DeviceOptions } from "../native/create-engine.js";

/** Weights of the counterfactual that are tried. */
const taus = [0, 0.1, 0.2, 0.3, 0.5, 0.75, 1];

export interface TauChoice {
  tau: number;
  /** Dev F1 in percent of every τ that was tried. */
  devF1: Record<string, number>;
}

/**
 * The τ of argmax(Y - τ Ỹ) that is best on dev (METHOD 5.5), the smallest of equals, written into the model folder.
 * Test data has no part in it.
 */
export async function chooseTau(
  folder: string,
  dev: readonly Sentence[],
  device: DeviceOptions = {},
  signal?: AbortSignal,
): Promise<TauChoice> {
  const model = await TaggerModel.load(folder, device);
  try {
    const devF1: Record<string, number> = {};
    for (const tau of taus) {
      const tagged = await model.tagSentences(dev.map(({ words }) => words), { signal, tau }); // prettier-ignore
      devF1[tau] = scoreSpans(dev.map(({ tags }) => tags), tagged.map(({ tags }) => tags)).micro.f1; // prettier-ignore
    }
    const tau = taus.reduce((best, candidate) => (devF1[candidate]! > devF1[best]! ? candidate : best));
    const { counterfactual } = model.options;
    await rewriteCdlmFile(folder, (file) => ({ ...file, counterfactual: { ...counterfactual, tau } }));
    return { tau, devF1 };
  } finally {
    await model.dispose();
  }
}
