import assert from "node:assert/strict";
import { learningRateFactor } from "../../lib/training/schedule.js";

const factors = (schedule: "linear" | "cosine" | "constant", warmup: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, step) =>
    Number(learningRateFactor({ schedule, warmup }, step, steps).toFixed(4)),
  );

describe("learning-rate schedule", () => {
  it("linear: rises over the warm-up to 1 and falls to the last step", () => {
    assert.deepEqual(factors("linear", 0.2, 10), [0.5, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]);
  });

  it("linear without warm-up starts at 1", () => {
    assert.deepEqual(factors("linear", 0, 4), [1, 0.75, 0.5, 0.25]);
  });

  it("constant: rises and stays", () => {
    assert.deepEqual(factors("constant", 0.5, 6), [0.3333, 0.6667, 1, 1, 1, 1]);
  });

  it("cosine: half-way between warm-up and end it is a half", () => {
    const values = factors("cosine", 0.2, 10);
    assert.deepEqual(values.slice(0, 3), [0.5, 1, 1]);
    assert.equal(values[6], 0.5);
    assert.ok(values[9]! > 0 && values[9]! < 0.05);
  });

  it("never leaves 0 … 1, never is 0 before the end, and falls once it has fallen", () => {
    for (const schedule of ["linear", "cosine", "constant"] as const)
      for (const warmup of [0, 0.07, 0.5, 1])
        for (const steps of [1, 2, 3, 10, 997]) {
          const values = Array.from({ length: steps }, (_, k) =>
            learningRateFactor({ schedule, warmup }, k, steps),
          );
          const top = values.indexOf(Math.max(...values));
          assert.ok(
            values.every((value) => value > 0 && value <= 1),
            `${schedule} ${warmup} ${steps}`,
          );
          values.forEach((value, k) =>
            assert.ok(k <= top || value <= values[k - 1]!, `${schedule} ${warmup}`),
          );
        }
  });
});
