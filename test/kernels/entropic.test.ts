import assert from "node:assert/strict";
import { gromovWasserstein, type GromovWassersteinProblem } from "../../lib/kernels.js";
import { readGolden } from "../support/golden.js";

interface Pair {
  kind: string;
  C1: number[][];
  C2: number[][];
  solutions: { solver: string; epsilon: number; value: number; plan: number[][] }[];
}

const flat = (rows: number[][]) => Float32Array.from(rows.flat());
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, k) => Math.abs(value - b[k]!)));
const { gromov } = readGolden<{ gromov: Pair[] }>("transport.json");

describe("gromovWasserstein, entropic", () => {
  const problemOf = ({ C1, C2 }: Pair, epsilon: number): GromovWassersteinProblem => {
    const graphs = { source: flat(C1), target: flat(C2), n: C1.length, m: C2.length };
    return { ...graphs, epsilon, steps: 2000, iterations: 2000 };
  };

  for (const pair of gromov) {
    const between = `between ${pair.kind} graphs of ${pair.C1.length} and ${pair.C2.length} nodes`;
    for (const epsilon of [0.1, 0.5])
      it(`has POT's plan and value ${between}, ε ${epsilon}`, async () => {
        const { value, plan } = pair.solutions.find((one) => one.epsilon === epsilon && one.solver.startsWith("entropic"))!; // prettier-ignore
        const found = await gromovWasserstein({ ...problemOf(pair, epsilon), method: "entropic" });
        assert.ok(largestDifference(found.plans, plan.flat()) <= 1e-5);
        assert.ok(Math.abs(found.values[0]! - value) <= 1e-5, `${found.values[0]} for ${value}`);
        assert.ok(found.marginalErrors[0]! <= 1e-6);
      });

    it(`blurs the plan ${between}, which proximal, the default, does not`, async () => {
      const problem = problemOf(pair, 0.5);
      const entropic = await gromovWasserstein({ ...problem, method: "entropic" });
      const proximal = await gromovWasserstein({ ...problem, method: "proximal" });
      const rows = pair.C1.length; // each of a mass of 1 / rows
      assert.ok(rows * largestDifference(entropic.plans, proximal.plans) > 0.2);
      assert.ok(entropic.values[0]! > proximal.values[0]! + 0.1);
      assert.deepEqual(await gromovWasserstein(problem), proximal);
    });
  }
});
