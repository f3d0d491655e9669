import { biasCounts, sourcesOf, taggingBy, type BiasCounts } from "../bias.js";
import type { Dataset } from "../data/dataset.js";
import { calibrationScores, type CalibrationScores } from "../eval/calibration-scores.js";
import type { Recognizer, TaggedSentence } from "../recognizer.js";

/** What a recogniser's scores leave open (METHOD 8), on the test data. */
export interface Probes {
  calibration: CalibrationScores;
  unseenMentions: BiasCounts;
  otherContexts: BiasCounts;
}

/** @param tagged the test data by this recogniser */
export async function probesOf(
  recognizer: Recognizer,
  data: Dataset,
  tagged: readonly TaggedSentence[],
  options: { signal?: AbortSignal },
): Promise<Probes> {
  const test = data.test!;
  const gold = test.map(({ tags }) => tags);
  const mentions = tagged.map((sentence) => sentence.mentions);
  const predicted = tagged.map(({ tags }) => tags);
  const bias = await biasCounts(test, predicted, sourcesOf(data), taggingBy(recognizer, options));
  return { calibration: calibrationScores(recognizer.calibration, gold, mentions), ...bias };
}
