import assert from "node:assert/strict";
import fc from "fast-check";
import { scaleOf, suiteChart } from "../../bench/experiments/chart.js";
import type { Suite } from "../../bench/experiments/suite.js";
import type { Summary } from "../../bench/experiments/summary.js";

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

describe("the chart of a suite", () => {
  it("has a dot for each row, and a number for one that lies far below", () => {
    const cell = (mean: number) => ({ mean, deviation: 0.5 });
    const rows = Object.entries({ finetune: 60, ours: 62, nnshot: 34.15 }).map(([system, mean]) => ({ system, cells: [cell(mean)] })); // prettier-ignore
    const table = { shots: null, columns: ["music"], rows } as unknown as Summary;
    const svg = suiteChart({ title: "Table", reference: "finetune" } as Suite, [table], "test");
    assert.equal(svg.match(/<circle/g)?.length, 2);
    assert.match(svg, />◂ 34\.[12]</);
    assert.doesNotMatch(svg, />50</);
  });
});
