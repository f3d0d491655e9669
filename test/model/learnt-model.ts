import type { Dataset } from "../../lib/data/dataset.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData } from "../support/small-data.js";

/** Options by which the tiny encoder learns a dozen sentences by heart, within about a second. */
export const byHeart = { epochs: 30, batchSentences: 4, learningRate: 5e-3, headLearningRate: 3e-2, evaluateFrom: 1 }; // prettier-ignore

/** Trains a recogniser into `folder` that finds nearly every mention of its training data, and no other data's. */
export async function writeLearntModel(folder: string): Promise<Dataset> {
  const data = await smallData("politics", { train: 12, dev: 12 });
  await train({ encoder: golden("tiny-bert"), data, out: folder, options: byHeart, device: { threads: 1 } });
  return data;
}
