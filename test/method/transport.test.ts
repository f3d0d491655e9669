import assert from "node:assert/strict";
import { floats, type NdArray } from "../../lib/graph/nd-array.js";
import type { Op, Sample } from "../../lib/graph/op.js";
import { gromovWassersteinPlanOp } from "../../lib/graph/ops/gromov-wasserstein.js";
import {
  gromovWassersteinGradientOp,
  gromovWassersteinValueOp,
} from "../../lib/graph/ops/gromov-wasserstein-value.js";
import { sinkhornOp } from "../../lib/graph/ops/sinkhorn.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { readGolden } from "../support/golden.js";
import { referenceOf, runOnAddon } from "../support/run-op.js";

interface Golden {
  sinkhorn: { cost: number[][]; p: number[]; q: number[]; regularisation: number; plan: number[][] }[];
  gromov: {
    kind: string;
    C1: number[][];
    C2: number[][];
    p: number[];
    q: number[];
    solutions: {
      solver: string;
      epsilon: number;
      plan: number[][];
      value: number;
      marginal_error: number;
      gradient_C1: number[][];
      gradient_C2: number[][];
    }[];
  }[];
}

type Values = ArrayLike<number>;
const matrix = (rows: number[][]): NdArray => floats([rows.length, rows[0]!.length], rows.flat());
const row = (values: number[]): NdArray => floats([1, values.length], values);
const worst = (actual: Values, expected: Values): number =>
  Math.max(...Array.from(expected, (value, k) => Math.abs(value - actual[k]!)));

/** Largest error of a row or column sum. */
function marginalError(plan: Values, p: Values, q: Values): number {
  const [rows, columns] = [new Float64Array(p.length), new Float64Array(q.length)];
  Array.from(plan).forEach((entry, k) => {
    rows[Math.floor(k / q.length)]! += entry;
    columns[k % q.length]! += entry;
  });
  return Math.max(worst(rows, p), worst(columns, q));
}

const shared = { outerIterations: 3000, innerIterations: 2000 };
const fp32 = { tolerance: 5e-7, relativeTolerance: 5e-6 };
const golden = readGolden<Golden>("transport.json");

describe("optimal transport against POT", () => {
  const engine = new AddonEngine(loadAddon(), { level: loadAddon().bestLevel(), threads: 1 });
  after(() => engine.dispose());
  const native = async (op: Op, sample: Sample): Promise<Values> =>
    (await runOnAddon(engine, op, sample))[0]!;
  const reference = (op: Op, sample: Sample): Values => referenceOf(op, sample)[0]!.data;

  golden.sinkhorn.forEach(({ cost, p, q, regularisation, plan }) => {
    it(`finds the Sinkhorn plan of ${p.length} × ${q.length} nodes at ε ${regularisation}`, async () => {
      const inputs = [matrix(cost), row(p), row(q)];
      const attributes = {
        epsilon: regularisation,
        iterations: 20000,
        tolerance: 1e-13,
        relativeTolerance: 1e-12,
      };
      const exact = reference(sinkhornOp, { inputs, attributes });
      const close = await native(sinkhornOp, { inputs, attributes: { ...attributes, ...fp32 } });
      assert.ok(worst(exact, plan.flat()) <= 1e-10, `reference ${worst(exact, plan.flat())}`);
      assert.ok(worst(close, plan.flat()) <= 1e-5, `kernel ${worst(close, plan.flat())}`);
      assert.ok(marginalError(close, p, q) <= 1e-6, `marginals ${marginalError(close, p, q)}`);
    });
  });

  for (const { kind, C1, C2, p, q, solutions } of golden.gromov)
    for (const solution of solutions) {
      const { solver, epsilon, value, marginal_error } = solution;
      const name = `${kind} graphs of ${p.length} and ${q.length} nodes, ${solver}, ε ${epsilon}`;
      const [source, target, pRow, qRow] = [matrix(C1), matrix(C2), row(p), row(q)];
      const plan = matrix(solution.plan);

      it(`gives the given plan its value and gradients: ${name}`, async () => {
        const inputs = [source, target, plan, pRow, qRow];
        assert.ok(Math.abs(reference(gromovWassersteinValueOp, { inputs })[0]! - value) <= 1e-12);
        assert.ok(Math.abs((await native(gromovWassersteinValueOp, { inputs }))[0]! - value) <= 1e-6);
        const sample = { inputs: [...inputs, floats([1], [1])] };
        const exact = referenceOf(gromovWassersteinGradientOp, sample);
        const close = await runOnAddon(engine, gromovWassersteinGradientOp, sample);
        [solution.gradient_C1, solution.gradient_C2].forEach((gradient, k) => {
          assert.ok(worst(exact[k]!.data, gradient.flat()) <= 1e-12);
          assert.ok(worst(close[k]!, gradient.flat()) <= 1e-6);
        });
      });

      // Where POT stopped short of its marginals, the two stand at different points of one flat valley.
      const reached = marginal_error <= 1e-6;
      const solver64 = { ...shared, epsilon, proximal: Number(solver.startsWith("proximal")) };
      it(`reaches the value: ${name}`, async () => {
        const inputs = [source, target, pRow, qRow];
        const found = await native(gromovWassersteinPlanOp, { inputs, attributes: { ...solver64, ...fp32 } });
        assert.ok(marginalError(found, p, q) <= 1e-6);
        const foundPlan = floats([p.length, q.length], Array.from(found));
        const values = reference(gromovWassersteinValueOp, {
          inputs: [source, target, foundPlan, pRow, qRow],
        });
        assert.ok(Math.abs(values[0]! - value) <= (reached ? 1e-5 : 1e-3), `kernel ${values[0]! - value}`);
      });

      if (kind === "random" && (epsilon < 0.1 || solver64.proximal)) continue; // minutes in the reference
      it(`reaches the value in float64: ${name}`, () => {
        const inputs = [source, target, pRow, qRow];
        const attributes = { ...solver64, tolerance: 1e-9, relativeTolerance: 1e-9 };
        const [found] = referenceOf(gromovWassersteinPlanOp, { inputs, attributes });
        const values = reference(gromovWassersteinValueOp, { inputs: [source, target, found!, pRow, qRow] });
        assert.ok(Math.abs(values[0]! - value) <= 1e-6, `${values[0]! - value}`);
      });
    }
});
