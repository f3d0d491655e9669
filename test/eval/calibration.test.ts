import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../lib/data/random.js";
import {
  calibrated,
  logit,
  sigmoid,
  type Calibration,
  type CalibrationMethod,
} from "../../lib/eval/calibration.js";
import { fitCalibration, type JudgedMention } from "../../lib/eval/fit-calibration.js";
import { isotonicKnots } from "../../lib/eval/isotonic-fit.js";
import { logisticWeights } from "../../lib/eval/logistic-fit.js";
import { reliability } from "../../lib/eval/reliability.js";

const close = (actual: number, expected: number, what = "") =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${what} ${actual} instead of ${expected}`);

/** Mentions at log-odds x, of which the first `right` are right; every mention has a sentence of its own. */
const at = (x: number, right: number, count: number, from = 0): JudgedMention[] =>
  Array.from({ length: count }, (_, k) => ({
    posterior: sigmoid(x),
    correct: k < right,
    sentence: from + k,
  }));

const mentions = fc.array(
  fc.record({
    posterior: fc.double({ min: 0, max: 1, noNaN: true }),
    correct: fc.boolean(),
    sentence: fc.nat(30),
  }),
  { minLength: 1, maxLength: 160 },
);

describe("calibration", () => {
  it("error and bins as computed by hand", () => {
    const judgements = [0.9, 0.1, 0.6, 0.8, 0.3, 0.7].map((confidence) => ({
      confidence,
      correct: confidence > 0.65 || confidence === 0.3,
    }));
    const { error, bins } = reliability(judgements, 3);
    // Sorted: .1 wrong, .3 right | .6 wrong, .7 right | .8 right, .9 right.
    [[2, 20, 50], [2, 65, 50], [2, 85, 100]].forEach(([count, confidence, accuracy], k) => {
      assert.equal(bins[k]!.count, count);
      close(bins[k]!.confidence, confidence!);
      close(bins[k]!.accuracy, accuracy!);
    }); // prettier-ignore
    close(error, (30 + 15 + 15) / 3);
    assert.deepEqual(reliability([]), { error: 0, bins: [] });
    assert.deepEqual(reliability([{ confidence: 0.5, correct: true }]).bins, [{ count: 1, confidence: 50, accuracy: 100 }]); // prettier-ignore
  });

  it("bins are of equal mass, and the error does not depend on the order of ties", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ confidence: fc.constantFrom(0.1, 0.4, 0.5, 1), correct: fc.boolean() }), {
          minLength: 1,
        }),
        fc.integer({ min: 1, max: 20 }),
        (judgements, count) => {
          const { error, bins } = reliability(judgements, count);
          const sizes = bins.map((bin) => bin.count);
          assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
          assert.equal(
            sizes.reduce((a, b) => a + b),
            judgements.length,
          );
          close(reliability([...judgements].reverse(), count).error, error);
          assert.ok(error >= 0 && error <= 100);
        },
      ),
    );
  });

  it("the logistic fit meets the shares of two places, and of three columns of a known answer", () => {
    const rows = [[-1, 1], [1, 1]]; // prettier-ignore
    const [slope, intercept] = logisticWeights(rows, [0.2, 0.7], [1, 0]) as [number, number];
    close(slope, (logit(0.7) - logit(0.2)) / 2);
    close(intercept, (logit(0.7) + logit(0.2)) / 2);
    const wide = [[1, 0, 1], [0, 2, 1], [3, 1, 1]]; // prettier-ignore
    const truth = [0.5, -1, 0.25];
    const targets = wide.map((row) => sigmoid(row.reduce((sum, x, k) => sum + x * truth[k]!, 0)));
    logisticWeights(wide, targets, [0, 0, 0]).forEach((weight, k) =>
      assert.ok(Math.abs(weight - truth[k]!) < 1e-5),
    );
  });

  it("temperature of few mentions as computed by hand", () => {
    // Of 8, 4 right: softened to 5/6 and 1/6. At log-odds 1: (3 · 5/6 + 1/6) / 4 = 2/3, at -1 the rest, so σ(slope) = 2/3.
    const { calibration, report } = fitCalibration([...at(1, 3, 4), ...at(-1, 1, 4, 4)])!;
    assert.equal(report.method, "temperature");
    assert.ok(calibration.method === "temperature");
    close(calibration.slope, Math.log(2));
    close(calibrated(calibration, sigmoid(1)), 2 / 3);
  });

  it("one mention, or mentions that are all right, do not become certain", () => {
    for (const few of [at(2, 1, 1), at(3, 9, 9), at(-3, 0, 9), at(0, 2, 4)]) {
      const { calibration } = fitCalibration(few)!;
      const confidence = calibrated(calibration, few[0]!.posterior);
      assert.ok(confidence > 0.02 && confidence < 0.98, `${confidence}`);
    }
    assert.equal(fitCalibration([]), undefined);
  });

  it("Platt's fit is found where posteriors are shifted, isotonic where they are bent", () => {
    const shifted = [-3, -1, 1, 3].flatMap((x, k) => at(x, Math.round(1000 * sigmoid(0.5 * x - 1.5)), 1000, 1000 * k)); // prettier-ignore
    const { calibration, report } = fitCalibration(shifted)!;
    assert.equal(report.method, "platt");
    assert.ok(calibration.method === "platt");
    assert.ok(Math.abs(calibration.slope - 0.5) < 0.01 && Math.abs(calibration.intercept + 1.5) < 0.02);
    const bent = [-3, -1, 1, 3].flatMap((x, k) => at(x, [0, 0, 900, 900][k]!, 1000, 1000 * k));
    const fitted = fitCalibration(bent)!;
    assert.equal(fitted.report.method, "isotonic");
    assert.ok(fitted.report.error.after < 1 && fitted.report.error.before > 5);
    const errors = fitted.report.squaredErrors;
    assert.ok(errors.isotonic! < errors.platt! && errors.platt! < errors.none!);
  });

  it("isotonic knots as computed by hand: neighbours that fall are pooled, ties are one place", () => {
    const knots = isotonicKnots([0.5, 0.1, 0.3, 0.2, 0.4], [1, 0, 0, 1, 1]);
    assert.deepEqual(knots, [[0.1, 0], [0.2, 0.5], [0.3, 0.5], [0.4, 1], [0.5, 1]]); // prettier-ignore
    const map = { method: "isotonic", knots } as const;
    for (const [x, y] of [[0, 0], [0.15, 0.25], [0.25, 0.5], [0.35, 0.75], [0.5, 1], [1, 1]] as const) close(calibrated(map, x), y); // prettier-ignore
    assert.deepEqual(isotonicKnots([0.7, 0.7], [1, 0]), [[0.7, 0.5]]);
    close(calibrated({ method: "isotonic", knots: [[0, 0], [Number.MIN_VALUE, 0.5]] }, Number.MIN_VALUE), 0.5); // prettier-ignore
  });

  it("isotonic is the nearest rising function: no other on its places is nearer", () => {
    fc.assert(
      fc.property(mentions, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 160, maxLength: 160 }), (cases, other) => {
        const map = { method: "isotonic", knots: isotonicKnots(cases.map(({ posterior }) => posterior), cases.map(({ correct }) => Number(correct))) } as const;
        const order = [...cases].sort((a, b) => a.posterior - b.posterior);
        const rival = new Map([...new Set(order.map(({ posterior }) => posterior))].map((place, k) => [place, [...other].sort((a, b) => a - b)[k]!]));
        const distance = (f: (x: number) => number) => order.reduce((sum, { posterior, correct }) => sum + (f(posterior) - Number(correct)) ** 2, 0);
        assert.ok(distance((x) => calibrated(map, x)) <= distance((x) => rival.get(x)!) + 1e-9);
      }),
    ); // prettier-ignore
  });

  it("held-out errors are those of fits to other sentences, not to other mentions of the same ones", () => {
    // One posterior and one verdict a sentence: who has seen a mention of it knows the others.
    const right = [0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1];
    const cases = right.flatMap((verdict, sentence) =>
      Array.from({ length: 5 }, () => ({
        posterior: (sentence + 0.5) / 20,
        correct: verdict === 1,
        sentence,
      })),
    );
    const order = Random.of(1, "calibration folds").shuffle([...right.keys()]);
    const others = (sentence: number) => {
      const fold = (one: number) => order.indexOf(one) % 5;
      return cases.filter((mention) => fold(mention.sentence) !== fold(sentence));
    };
    const fits: Record<string, (seen: JudgedMention[]) => Calibration> = {
      temperature: (seen) => fitCalibration(seen)!.calibration, // of 80 mentions it is one
      isotonic: (seen) => ({ method: "isotonic", knots: isotonicKnots(seen.map(({ posterior }) => posterior), seen.map(({ correct }) => Number(correct))) }), // prettier-ignore
    };
    const { squaredErrors, method: best, error } = fitCalibration(cases)!.report;
    const byMention = fitCalibration(cases.map((mention, sentence) => ({ ...mention, sentence })))!.report;
    for (const [method, fit] of Object.entries(fits) as [CalibrationMethod, (typeof fits)[string]][]) {
      const confidences = right.map((_, k) => calibrated(fit(others(k)), (k + 0.5) / 20));
      const squares = confidences.map((p, k) => (p - right[k]!) ** 2);
      const reported = squaredErrors[method]!;
      close(reported, squares.reduce((a, b) => a + b) / right.length, method);
      assert.ok(reported > byMention.squaredErrors[method]! + 0.02, method);
      if (method !== best) continue;
      close(error.after, reliability(cases.map(({ correct, sentence }) => ({ correct, confidence: confidences[sentence]! }))).error); // prettier-ignore
    }
    assert.equal(best, "temperature");
  });

  it("every fitted map rises and stays within 0 … 1", () => {
    fc.assert(
      fc.property(mentions, (cases) => {
        const { calibration, report } = fitCalibration(cases)!;
        const grid = Array.from({ length: 41 }, (_, k) => calibrated(calibration, k / 40));
        grid.forEach((p, k) => assert.ok(p >= 0 && p <= 1 && (k === 0 || p >= grid[k - 1]! - 1e-12)));
        assert.ok(report.error.after >= 0 && report.error.after <= 100);
        assert.equal(report.method, calibration.method);
        if (cases.length < 100) assert.equal(calibration.method, "temperature");
      }),
    );
  });
});
