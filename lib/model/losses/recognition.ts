import { crossEntropy } from "../../graph/ops/cross-entropy.js";
import { crfLoss } from "../../graph/ops/crf-loss.js";
import type { Tensor } from "../../graph/tensor.js";
import { wordRanges } from "../fusion.js";
import { transitionScores } from "../word-scores.js";
import type { LossContext } from "./loss.js";

/** L_ner [1]: cross-entropy of the words' tags, or the negative log-likelihood of the CRF (METHOD 1). */
export function recognitionLoss({ scope, config, words: { scores }, gold }: LossContext): Tensor {
  if (!config.crf) return crossEntropy(scores, gold);
  return crfLoss(scores, transitionScores(scope, config), wordRanges(scope), gold);
}
