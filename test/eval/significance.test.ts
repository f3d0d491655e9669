import assert from "node:assert/strict";
import {
  bootstrapOfContrast,
  pairedBootstrap,
  pairedBootstrapOfMean,
  type RunCounts,
} from "../../lib/eval/significance.js";
import { f1Percent, type SpanCounts } from "../../lib/eval/span-scores.js";
import { Random } from "../../lib/data/random.js";
import { isCdlmError } from "../data/expect-error.js";

const options = { seed: 3, replicates: 1000 };

/** A made-up system that finds each of 3 mentions a sentence with some probability and invents none. */
function system(found: number, sentences: number, seed: number): SpanCounts[] {
  const random = Random.of(seed, "system");
  return Array.from({ length: sentences }, () => {
    const correct = [1, 2, 3].filter(() => random.next() < found).length;
    return { correct, predicted: 3, gold: 3 };
  });
}

describe("significance", () => {
  it("finds no difference between a system and itself", () => {
    const run = system(0.6, 100, 1);
    const result = pairedBootstrap([run], [run], options);
    assert.deepEqual([result.difference, result.interval, result.p], [0, [0, 0], 1]);
  });

  it("finds a large difference, with its sign, and never claims certainty", () => {
    const [strong, weak] = [[system(0.9, 200, 1)], [system(0.5, 200, 2)]];
    const result = pairedBootstrap(strong, weak, options);
    assert.ok(result.interval[0] > 20 && result.interval[1] < 60);
    assert.ok(result.interval[0] < result.difference && result.difference < result.interval[1]);
    assert.ok(Math.abs(result.first - result.second - result.difference) < 1e-9);
    assert.equal(result.p, 2 / 1001);
    const turned = pairedBootstrap(weak, strong, options);
    assert.equal(turned.difference, -result.difference);
    assert.equal(turned.p, result.p);
    assert.ok(turned.interval[1] < -20);
  });

  it("a contrast of four sides is the difference of two drops", () => {
    const sides = [0.9, 0.7, 0.8, 0.4].map((found, k) => [system(found, 300, k)]);
    const { scores, value, interval } = bootstrapOfContrast([sides], [1, -1, -1, 1], options);
    const [own, probed, theirs, theirsProbed] = scores as [number, number, number, number];
    assert.ok(Math.abs(own - probed - (theirs - theirsProbed) - value) < 1e-9);
    assert.ok(interval[0] < value && value < interval[1]);
    assert.ok(Math.abs(value + 20) < 8 && interval[1] < 0, `${value}, ${interval.join(" … ")}`);
    const none = bootstrapOfContrast([[sides[0]!, sides[1]!, sides[0]!, sides[1]!]], [1, -1, -1, 1], options);
    assert.deepEqual([none.value, ...none.interval], [0, 0, 0]);
  });

  it("the mean of several test sets has the mean difference, and an interval that several sets make narrower", () => {
    const sets = [1, 2, 3, 4].map((k) => ({
      first: [system(0.7, 100, k)],
      second: [system(0.6, 100, k + 50)],
    }));
    const whole = pairedBootstrapOfMean(sets, options);
    const single = sets.map(({ first, second }) => pairedBootstrap(first, second, options));
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    assert.ok(Math.abs(whole.difference - mean(single.map(({ difference }) => difference))) < 1e-9);
    const width = ({ interval }: { interval: [number, number] }) => interval[1] - interval[0];
    // Four independent sets of equal size: half the width of one.
    const ratio = width(whole) / mean(single.map(width));
    assert.ok(ratio > 0.4 && ratio < 0.6, `${ratio}`);
    assert.throws(() => pairedBootstrapOfMean([], options), isCdlmError("DATA_EMPTY"));
  });

  it("rejects equal systems about as often as it says", () => {
    const trials = 200;
    const rejected = Array.from({ length: trials }, (_, trial) => {
      const [a, b] = [[system(0.6, 80, 2 * trial)], [system(0.6, 80, 2 * trial + 1)]];
      return pairedBootstrap(a, b, { seed: trial, replicates: 200 }).p < 0.05;
    }).filter(Boolean).length;
    // 5 % of 200 are 10, with a standard deviation of 3.
    assert.ok(rejected >= 2 && rejected <= 22, `${rejected} of ${trials}`);
  });

  it("has an interval that agrees with the formula for a mean", () => {
    // Every sentence has 3 gold and 3 predicted mentions, so the difference of F1 is the mean of the sentences' own.
    const [a, b] = [system(0.7, 300, 1), system(0.6, 300, 2)];
    const own = a.map((counts, sentence) => f1Percent(counts) - f1Percent(b[sentence]!));
    const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
    const variance = own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (own.length - 1);
    const half = 1.96 * Math.sqrt(variance / own.length);
    const { difference, interval } = pairedBootstrap([a], [b], { seed: 1, replicates: 4000 });
    assert.ok(Math.abs(difference - mean) < 1e-9);
    assert.ok(Math.abs(interval[0] - (mean - half)) < 0.08 * half);
    assert.ok(Math.abs(interval[1] - (mean + half)) < 0.08 * half);
  });

  it("averages over runs, and resampling runs widens the interval when seeds differ", () => {
    const strengths = [0.5, 0.6, 0.7, 0.8, 0.9];
    const first = strengths.map((found, seed) => system(found, 150, seed));
    const second = [...strengths].reverse().map((found, seed) => system(found, 150, 50 + seed));
    const width = (result: { interval: [number, number] }) => result.interval[1] - result.interval[0];
    const both = pairedBootstrap(first, second, options);
    const sentencesOnly = pairedBootstrap(first, second, { ...options, resampleRuns: false });
    assert.equal(both.difference, sentencesOnly.difference);
    assert.ok(width(both) > 2 * width(sentencesOnly));
    const f1OfRun = (run: SpanCounts[]) => pairedBootstrap([run], [run], options).first;
    const mean = first.map(f1OfRun).reduce((sum, x) => sum + x, 0) / first.length;
    assert.ok(Math.abs(both.first - mean) < 1e-9);
  });

  it("pairs sentences: a system that is always a little better is so for sure", () => {
    const weak = system(0.5, 100, 1).map((counts) => ({ ...counts, correct: Math.min(2, counts.correct) }));
    const better = weak.map((counts, sentence) => ({
      ...counts,
      correct: counts.correct + (sentence % 10 === 0 ? 1 : 0),
    }));
    const { interval, difference } = pairedBootstrap([better], [weak], options);
    assert.ok(difference > 3 && difference < 4);
    assert.ok(interval[0] > 0);
  });

  it("repeats itself for the same seed only", () => {
    const [a, b] = [[system(0.7, 50, 1)], [system(0.6, 50, 2)]];
    assert.deepEqual(pairedBootstrap(a, b, options), pairedBootstrap(a, b, options));
    assert.notDeepEqual(
      pairedBootstrap(a, b, options).interval,
      pairedBootstrap(a, b, { ...options, seed: 4 }).interval,
    );
  });

  it("refuses systems that were not scored on the same data, and wrong options", () => {
    const run = system(0.5, 10, 1);
    const other = run.map((counts, sentence) => (sentence === 7 ? { ...counts, gold: 4 } : counts));
    const cases: [RunCounts, RunCounts][] = [
      [[run], [run, run]],
      [[run], [run.slice(1)]],
      [[run], [other]],
      [
        [run, other],
        [run, run],
      ],
    ];
    for (const [a, b] of cases) assert.throws(() => pairedBootstrap(a, b), isCdlmError("DATA_INVALID"));
    assert.throws(() => pairedBootstrap([], []), isCdlmError("DATA_EMPTY"));
    assert.throws(() => pairedBootstrap([[]], [[]]), isCdlmError("DATA_EMPTY"));
    for (const wrong of [{ seed: -1 }, { replicates: 5 }, { confidence: 1 }, { confidance: 0.9 } as object]) {
      assert.throws(() => pairedBootstrap([run], [run], wrong), isCdlmError("INVALID_OPTION"));
    }
  });
});
