import assert from "node:assert/strict";
import fc from "fast-check";
import { scaleOf } from "../../bench/experiments/chart.js";

describe("scales of charts", () => {
  it("hold all values with at most six ticks, on round numbers", () => {
    const percent = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(percent, percent, (a, b) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        const { low, high, step } = scaleOf(least, most);
        assert.ok(low <= least + 1e-9 && most <= high + 1e-9 && high > low);
        assert.ok((high - low) / step <= 5 + 1e-9);
        assert.ok(Math.abs(low / step - Math.round(low / step)) < 1e-6);
      }),
    );
  });
});
