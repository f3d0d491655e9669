import { strict as assert } from "node:assert";
import { compete, type Contestant } from "../../bench/rounds.js";

describe("rounds of a benchmark", () => {
  const calls: string[] = [];
  const contestant = (name: string, times: number[]): Contestant => ({
    name,
    measure: () => {
      calls.push(name);
      return Promise.resolve(times);
    },
    rate: (milliseconds) => `${1000 / milliseconds}/s`,
  });

  it("lets contestants alternate, drops the first round, and takes medians", async () => {
    calls.length = 0;
    const ours = contestant("ours", [4, 2, 9]);
    const theirs = contestant("theirs", [8, 6, 20]);
    const { measurements, ratios } = await compete([ours], [theirs], 2);
    assert.deepEqual(calls, ["ours", "theirs", "ours", "theirs", "ours", "theirs"]);
    assert.deepEqual(measurements[0], { name: "ours", median: 4, min: 2, max: 9, rate: "250/s" });
    assert.deepEqual(ratios, { "ours / theirs": 2 });
  });

  it("compares everybody with the fastest of ours", async () => {
    const ours = [contestant("slow", [8]), contestant("fast", [4])];
    const { ratios } = await compete(ours, [contestant("peer", [2])], 1);
    assert.deepEqual(ratios, { "fast / slow": 2, "fast / peer": 0.5 });
  });
});
