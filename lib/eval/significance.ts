import { z } from "zod";
import { Random } from "../data/random.js";
import { CdlmError } from "../errors.js";
import { parseOptions } from "../options.js";
import { f1Percent, type SpanCounts } from "./span-scores.js";

/** One system's counts by run and sentence: `counts[run][sentence]`; one run per training seed. */
export type RunCounts = readonly (readonly SpanCounts[])[];

export const bootstrapOptionsSchema = z.strictObject({
  seed: z.int().nonnegative().default(1),
  /** Resampled test sets, at least 100. */
  replicates: z.int().min(100).default(10_000),
  /** Probability that the interval covers, above 0 and below 1. */
  confidence: z.number().gt(0).lt(1).default(0.95),
  /** Whether runs are resampled too, so that the interval includes the spread between seeds. */
  resampleRuns: z.boolean().default(true),
});

export type BootstrapOptions = z.input<typeof bootstrapOptionsSchema>;

export interface SystemDifference {
  /** Micro-F1 of each system in percent, mean over its runs. */
  first: number;
  second: number;
  /** `first − second`, in points. */
  difference: number;
  /** Percentile interval of the difference, in points. */
  interval: [low: number, high: number];
  /** Two-sided: how often resampling turns the sign of the difference; in (0, 1]. */
  p: number;
}

/**
 * Paired bootstrap over sentences (Koehn 2004, "Statistical significance tests for machine translation evaluation")
 * for the difference of two systems' micro-F1. Both systems are scored on the same resampled sentences. With several
 * runs a system's F1 is the mean over its runs; runs are paired by position (same seed, same few-shot draw) and, unless
 * switched off, resampled as well.
 * @throws CdlmError DATA_INVALID where the systems differ in runs, sentences or gold mentions; DATA_EMPTY; INVALID_OPTION
 */
export function pairedBootstrap(
  first: RunCounts,
  second: RunCounts,
  options: BootstrapOptions = {},
): SystemDifference {
  return pairedBootstrapOfMean([{ first, second }], options);
}

/** The same for the mean of the two systems' micro-F1 over several test sets, which are resampled apart from each other. */
export function pairedBootstrapOfMean(
  testSets: readonly { first: RunCounts; second: RunCounts }[],
  options: BootstrapOptions = {},
): SystemDifference {
  const sides = testSets.map(({ first, second }) => [first, second]);
  const { scores, value, interval, p } = bootstrapOfContrast(sides, [1, -1], options);
  return { first: scores[0]!, second: scores[1]!, difference: value, interval, p };
}

export interface Contrast {
  /** Micro-F1 of each side in percent, mean over runs and test sets. */
  scores: number[];
  /** Weighted sum of the scores, in points. */
  value: number;
  interval: [low: number, high: number];
  p: number;
}

/**
 * The same for a weighted sum of several sides' micro-F1, which are all scored on the same resampled sentences: with
 * weights 1, −1, −1, 1 what one system loses under an intervention less what another loses.
 * @param testSets the sides on each test set, `testSets[set][side]`
 * @param weights one for each side
 */
export function bootstrapOfContrast(
  testSets: readonly (readonly RunCounts[])[],
  weights: readonly number[],
  options: BootstrapOptions = {},
): Contrast {
  const { seed, replicates, confidence, resampleRuns } = parseOptions(
    bootstrapOptionsSchema,
    options,
    "bootstrap",
  );
  if (testSets.length === 0) throw new CdlmError("DATA_EMPTY", "no test set to compare the systems on");
  const random = Random.of(seed, "paired-bootstrap");
  const sets = testSets.map(scoredSides);
  const weighted = (scores: readonly number[]) =>
    scores.reduce((sum, score, side) => sum + weights[side]! * score, 0);
  const observed = sets.map(({ scores, runs, sentences }) => scores(runs, sentences));
  const values = Array.from({ length: replicates }, () =>
    mean(
      sets.map(({ scores, runs, sentences }) =>
        weighted(scores(resampleRuns ? redraw(runs, random) : runs, redraw(sentences, random))),
      ),
    ),
  ).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return {
    scores: weights.map((_, side) => mean(observed.map((scores) => scores[side]!))),
    value: mean(observed.map(weighted)),
    interval: [quantile(values, tail), quantile(values, 1 - tail)],
    p: twoSided(values),
  };
}

/** All sides on one test set: their F1 on a choice of runs and sentences. */
function scoredSides(sides: readonly RunCounts[]) {
  const first = sides[0]!;
  for (const side of sides) requirePairs(first, side);
  const systems = sides.map((runs) => runs.map(columns));
  return {
    runs: first.map((_, run) => run),
    sentences: first[0]!.map((_, sentence) => sentence),
    scores: (by: number[], on: number[]) => systems.map((system) => meanF1(system, by, on)),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function requirePairs(first: RunCounts, second: RunCounts): void {
  const refuse = (what: string, expected: unknown, received: unknown): never => {
    const details = { expected: `${String(expected)}, as in the first system`, received: String(received) };
    throw new CdlmError("DATA_INVALID", `the systems are not scored on the same data: ${what}`, details);
  };
  const reference = first[0];
  if (!reference?.length)
    throw new CdlmError("DATA_EMPTY", "no run or no sentence to compare the systems on");
  if (second.length !== first.length) refuse("number of runs", first.length, second.length);
  for (const run of [...first, ...second]) {
    if (run.length !== reference.length) refuse("number of sentences", reference.length, run.length);
    const other = run.findIndex((counts, sentence) => counts.gold !== reference[sentence]!.gold);
    if (other >= 0) refuse(`gold mentions of sentence ${other}`, reference[other]!.gold, run[other]!.gold);
  }
}

/** The counts of one run as three columns, which the inner loop reads fast. */
type Columns = Record<keyof SpanCounts, Float64Array>;

function columns(run: readonly SpanCounts[]): Columns {
  const column = (name: keyof SpanCounts) => Float64Array.from(run, (counts) => counts[name]);
  return { correct: column("correct"), predicted: column("predicted"), gold: column("gold") };
}

function meanF1(system: readonly Columns[], runs: readonly number[], sentences: readonly number[]): number {
  let sum = 0;
  for (const run of runs) {
    const { correct, predicted, gold } = system[run]!;
    const total = { correct: 0, predicted: 0, gold: 0 };
    for (const sentence of sentences) {
      total.correct += correct[sentence]!;
      total.predicted += predicted[sentence]!;
      total.gold += gold[sentence]!;
    }
    sum += f1Percent(total);
  }
  return sum / runs.length;
}

function redraw(items: readonly number[], random: Random): number[] {
  return items.map(() => random.choice(items));
}

/** Linear interpolation between the neighbours of rank `share · (n − 1)`. */
function quantile(sorted: readonly number[], share: number): number {
  const rank = share * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
}

/** One is added to both counts, so that no finite number of replicates claims certainty (Davison and Hinkley 1997). */
function twoSided(differences: readonly number[]): number {
  const notAbove = differences.filter((difference) => difference <= 0).length;
  const notBelow = differences.filter((difference) => difference >= 0).length;
  return Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (differences.length + 1));
}
