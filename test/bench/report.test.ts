import { strict as assert } from "node:assert";
import { drawChart } from "../../bench/chart.js";
import { processorKind } from "../../bench/machine.js";

describe("reports of benchmarks", () => {
  const bar = (name: string, median: number) => ({
    name,
    median,
    min: median / 2,
    max: 2 * median,
    rate: "1/s",
  });
  const result = (ratios: Record<string, number>) => ({
    title: "a <b> & c",
    version: "0",
    load: 0,
    measurements: [bar("cdlm", 10), bar("peer", 20)],
    ratios,
    facts: {},
    missing: [],
  });

  it("draws one bar for each measurement, the fastest twice as long as one half as fast", () => {
    const svg = drawChart({ processor: "P", results: { one: result({ x: 2 }), lone: result({}) } });
    const widths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    assert.equal(widths.length, 2); // the trial without peers has nothing to compare
    assert.equal(widths[0], 2 * widths[1]!);
    assert.ok(svg.includes("a &#60;b&#62; &#38; c — one"));
  });

  it("tells kinds of processors of one name apart", () => {
    const kind = processorKind("cpu family\t: 25\nmodel\t\t: 17\nmodel name\t: whatever\n");
    assert.match(kind, / family 25 model 17$/);
    assert.doesNotMatch(processorKind(""), /family/);
  });
});
