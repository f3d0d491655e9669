import type { Sentence } from "../data/sentence.js";
import { fitCalibration, type CalibrationReport } from "../eval/fit-calibration.js";
import { judged } from "../eval/judged.js";
import { rewriteCdlmFile, type CdlmFile } from "../model/cdlm-file.js";
import { openTagger } from "../model/open-tagger.js";
import type { DeviceOptions } from "../native/create-engine.js";
import { chooseTau, type TauChoice } from "./choose-tau.js";

export interface Settled {
  /** Weight of the counterfactual at prediction, where dev was asked for it. */
  tau?: TauChoice;
  /** How confidences were fitted; absent where no mention was found. */
  calibration?: CalibrationReport;
}

/**
 * What dev decides about the model in a folder once its best epoch is known: τ where asked for, and how posteriors become
 * confidences. Both are written into the folder. Test data has no part in it.
 */
export async function settleOnDev(
  folder: string,
  dev: readonly Sentence[],
  {
    choosesTau,
    device = {},
    signal,
  }: { choosesTau: boolean; device?: DeviceOptions | undefined; signal?: AbortSignal | undefined },
): Promise<Settled> {
  const model = await openTagger(folder, device);
  try {
    const chosen = choosesTau ? await chooseTau(model, dev, signal) : undefined;
    const tagged = chosen?.tagged ?? (await model.tagSentences(dev.map(({ words }) => words), { signal })); // prettier-ignore
    const found = await model.mentionsOf(tagged, signal);
    const fitted = fitCalibration(judged(dev.map(({ tags }) => tags), found)); // prettier-ignore
    await rewriteCdlmFile(folder, (file) => settled(file, chosen?.choice.tau, fitted));
    return {
      ...(chosen ? { tau: chosen.choice } : {}),
      ...(fitted ? { calibration: fitted.report } : {}),
    };
  } finally {
    await model.dispose();
  }
}

function settled(
  file: CdlmFile,
  tau: number | undefined,
  fitted: ReturnType<typeof fitCalibration>,
): CdlmFile {
  const counterfactual = { ...file.counterfactual, ...(tau === undefined ? {} : { tau }) };
  if (!fitted) return { ...file, counterfactual };
  const { calibration, report } = fitted;
  return { ...file, counterfactual, calibration, provenance: { ...file.provenance, calibration: report } };
}
