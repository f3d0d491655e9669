import type { Span } from "../text/spans.js";
import type { CalibrationMethod } from "./calibration.js";
import { judged } from "./judged.js";
import { reliability, type Reliability } from "./reliability.js";
import type { TaggedSentences } from "./span-scores.js";

export interface CalibrationScores {
  /** How the model's confidences were fitted; null: they are its posteriors. */
  method: CalibrationMethod | null;
  /** Mentions that were found. */
  mentions: number;
  /** Of the posteriors. */
  before: Reliability;
  /** Of the confidences; null where nothing was fitted. */
  after: Reliability | null;
}

/** A mention that was found; both 0 … 1. */
interface FoundMention extends Span {
  posterior: number;
  confidence: number;
}

/** How far confidences are right, before and after their fit. */
export function calibrationScores(
  method: CalibrationMethod | null,
  gold: TaggedSentences,
  mentions: readonly (readonly FoundMention[])[],
): CalibrationScores {
  const found = judged(gold, mentions);
  const before = found.map(({ posterior, correct }) => ({ confidence: posterior, correct }));
  return {
    method,
    mentions: found.length,
    before: reliability(before),
    after: method ? reliability(found) : null,
  };
}
