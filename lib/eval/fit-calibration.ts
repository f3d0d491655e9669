import { Random } from "../data/random.js";
import { calibrated, logit, type Calibration, type CalibrationMethod } from "./calibration.js";
import { isotonicKnots } from "./isotonic-fit.js";
import { logisticWeights } from "./logistic-fit.js";
import { reliability } from "./reliability.js";

/** A mention that was found in a sentence of dev. */
export interface JudgedMention {
  /** 0 … 1. */
  posterior: number;
  correct: boolean;
  sentence: number;
}

export interface CalibrationReport {
  method: CalibrationMethod;
  /** Mentions that it was fitted to. */
  mentions: number;
  /** Expected calibration error on dev in points: of the posteriors, and of fits to the other folds. */
  error: { before: number; after: number };
  /** Mean squared error of confidences, 0 … 1, of fits to the other folds; of the posteriors themselves as "none". */
  squaredErrors: Partial<Record<CalibrationMethod | "none", number>>;
}

type Fit = (mentions: readonly JudgedMention[]) => Calibration;

/** From the simplest on. */
const fits: Record<CalibrationMethod, Fit> = { temperature, platt, isotonic };

/** With fewer mentions the folds do not tell methods apart. */
const leastToCompare = 100;
const folds = 5;

/**
 * The map from posteriors to confidences whose squared error is least in a cross-validation over sentences; of few
 * mentions a temperature. Undefined where there is no mention.
 */
export function fitCalibration(
  mentions: readonly JudgedMention[],
): { calibration: Calibration; report: CalibrationReport } | undefined {
  if (mentions.length === 0) return undefined;
  const names = Object.keys(fits) as CalibrationMethod[];
  const compared = mentions.length < leastToCompare ? names.slice(0, 1) : names;
  const heldOut = compared.map((method) => ({ method, confidences: crossValidated(fits[method], mentions) }));
  const errors = heldOut.map(({ confidences }) => squaredError(confidences, mentions));
  const best = heldOut[errors.indexOf(Math.min(...errors))]!;
  const posteriors = mentions.map(({ posterior }) => posterior);
  const report = {
    method: best.method,
    mentions: mentions.length,
    error: { before: errorOf(posteriors, mentions), after: errorOf(best.confidences, mentions) },
    squaredErrors: {
      none: squaredError(posteriors, mentions),
      ...Object.fromEntries(compared.map((method, k) => [method, errors[k]!])),
    },
  };
  return { calibration: fits[best.method](mentions), report };
}

/** Confidence of each mention by a fit to the sentences of the other folds. */
function crossValidated(fit: Fit, mentions: readonly JudgedMention[]): number[] {
  const sentences = Random.of(1, "calibration folds").shuffle([...new Set(mentions.map(({ sentence }) => sentence))]); // prettier-ignore
  const foldOf = new Map(sentences.map((sentence, place) => [sentence, place % folds]));
  const isIn = (fold: number) => (mention: JudgedMention) => foldOf.get(mention.sentence) === fold;
  const maps = Array.from({ length: folds }, (_, fold) => {
    const others = mentions.filter((mention) => !isIn(fold)(mention));
    return fit(others.length > 0 ? others : mentions);
  });
  return mentions.map(({ sentence, posterior }) => calibrated(maps[foldOf.get(sentence)!]!, posterior));
}

function squaredError(confidences: readonly number[], mentions: readonly JudgedMention[]): number {
  const sum = confidences.reduce((total, p, k) => total + (p - Number(mentions[k]!.correct)) ** 2, 0);
  return sum / mentions.length;
}

const errorOf = (confidences: readonly number[], mentions: readonly JudgedMention[]): number =>
  reliability(mentions.map(({ correct }, k) => ({ confidence: confidences[k]!, correct }))).error;

function temperature(mentions: readonly JudgedMention[]): Calibration {
  const rows = mentions.map(({ posterior }) => [logit(posterior)]);
  const [slope] = logisticWeights(rows, softTargets(mentions), [1]) as [number];
  return { method: "temperature", slope: Math.max(0, slope) };
}

function platt(mentions: readonly JudgedMention[]): Calibration {
  const targets = softTargets(mentions);
  const rows = mentions.map(({ posterior }) => [logit(posterior), 1]);
  const [slope, intercept] = logisticWeights(rows, targets, [1, 0]) as [number, number];
  if (slope >= 0) return { method: "platt", slope, intercept };
  // Of all maps that do not fall, the best is then level.
  return { method: "platt", slope: 0, intercept: logit(targets.reduce((a, b) => a + b, 0) / targets.length) };
}

function isotonic(mentions: readonly JudgedMention[]): Calibration {
  const places = mentions.map(({ posterior }) => posterior);
  return { method: "isotonic", knots: isotonicKnots(places, mentions.map(({ correct }) => Number(correct))) }; // prettier-ignore
}

/** Right and wrong as Platt (1999) softens them, so that what few cases separate does not become certain. */
function softTargets(mentions: readonly JudgedMention[]): number[] {
  const right = mentions.filter(({ correct }) => correct).length;
  const wrong = mentions.length - right;
  return mentions.map(({ correct }) => (correct ? (right + 1) / (right + 2) : 1 / (wrong + 2)));
}
