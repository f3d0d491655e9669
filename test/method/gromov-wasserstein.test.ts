import assert from "node:assert/strict";
import fc from "fast-check";
import { floats, type NdArray } from "../../lib/graph/nd-array.js";
import { distances, gromovWasserstein } from "../../lib/graph/ops/gromov-wasserstein.js";
import { weights } from "../../lib/graph/ops/sinkhorn.js";
import { Graph } from "../../lib/graph/tensor.js";
import type { AddonEngine } from "../../lib/native/native-engine.js";
import { atEveryLevel } from "../support/engines.js";
import { hostInputs } from "../support/run-op.js";

const uniform = (n: number): NdArray => floats([1, n], Array<number>(n).fill(1 / n));

/** The graph with its nodes in another order. */
function permuted(graph: NdArray, order: readonly number[]): NdArray {
  const n = order.length;
  return floats(
    [n, n],
    order.flatMap((i) => order.map((j) => graph.data[i * n + j]!)),
  );
}

describe("Gromov-Wasserstein discrepancy", () => {
  atEveryLevel((engine) => discrepancyOn(engine));
});

function discrepancyOn(engine: AddonEngine): void {
  async function solve(inputs: NdArray[]): Promise<{ value: number; plan: ArrayLike<number> }> {
    const graph = new Graph();
    const [source, target, p, q] = inputs.map(({ type, shape }, k) => graph.input(String(k), type, shape));
    const { values, plan } = gromovWasserstein(source!, target!, p!, q!, {
      epsilon: 0.05,
      proximal: 1,
      outerIterations: 300,
      innerIterations: 300,
      tolerance: 1e-6,
      relativeTolerance: 0, // saddles are left slowly: a step that changes little is not the end
    });
    const program = engine.program({ outputs: { values, plan } });
    const result = await program.run(hostInputs(inputs));
    await program.dispose();
    return { value: result.values![0]!, plan: result.plan! };
  }
  const discrepancy = async (inputs: NdArray[]): Promise<number> => (await solve(inputs)).value;
  const shapes = fc.record({
    n: fc.integer({ min: 2, max: 9 }),
    m: fc.integer({ min: 2, max: 9 }),
    seed: fc.nat(999),
  });
  // From Π = p q' two nodes of one weight look alike for ever: that start is a saddle, and stays.
  const largeEnough = shapes.filter(({ n }) => n > 2);
  const orderOf = (n: number, seed: number) => {
    const keys = Array.from({ length: n }, (_, k) => Math.sin(seed + 3.7 * k));
    return keys.map((_, k) => k).sort((a, b) => keys[a]! - keys[b]!);
  };

  it("is 0 between a graph and itself in any order", () =>
    fc.assert(
      fc.asyncProperty(largeEnough, async ({ n, seed }) => {
        const graph = distances(1, n, seed);
        const other = permuted(graph, orderOf(n, seed));
        for (const second of [graph, other]) {
          const value = await discrepancy([graph, second, uniform(n), uniform(n)]);
          assert.ok(Math.abs(value) <= 1e-4, `${value}`);
        }
      }),
      { numRuns: 25 },
    ));

  it("is not negative and does not depend on the order of nodes", () =>
    fc.assert(
      fc.asyncProperty(shapes, async ({ n, m, seed }) => {
        const [source, target] = [distances(1, n, seed), distances(1, m, seed + 1)];
        const [p, q] = [weights(1, n, seed), uniform(m)];
        const value = await discrepancy([source, target, p, q]);
        const order = orderOf(n, seed);
        const moved = floats(p.shape, order.map((k) => p.data[k]!)); // prettier-ignore
        const other = await discrepancy([permuted(source, order), target, moved, q]);
        assert.ok(value >= -1e-6, `${value}`);
        assert.ok(Math.abs(value - other) <= 1e-4, `${value} ${other}`);
      }),
      { numRuns: 25 },
    ));

  it("has plans whose rows and columns sum to the weights of the nodes", () =>
    fc.assert(
      fc.asyncProperty(shapes, async ({ n, m, seed }) => {
        const [p, q] = [weights(1, n, seed), weights(1, m, seed + 1)];
        const { plan } = await solve([distances(1, n, seed), distances(1, m, seed + 1), p, q]);
        const sum = (count: number, entry: (k: number) => number) =>
          Array.from({ length: count }, (_, k) => entry(k)).reduce((a, b) => a + b, 0);
        for (let i = 0; i < n; i++) {
          const miss = Math.abs(sum(m, (j) => plan[i * m + j]!) - p.data[i]!);
          assert.ok(miss <= 1e-6, `row ${i}: ${miss}`);
        }
        for (let j = 0; j < m; j++) {
          const miss = Math.abs(sum(n, (i) => plan[i * m + j]!) - q.data[j]!);
          assert.ok(miss <= 1e-6, `column ${j}: ${miss}`);
        }
      }),
      { numRuns: 50 },
    ));

  it("shows a distance of NaN in the value", async () => {
    const source = distances(1, 4, 1);
    source.data[5] = NaN;
    assert.ok(Number.isNaN(await discrepancy([source, distances(1, 3, 2), uniform(4), uniform(3)])));
  });

  it("treats nodes of weight 0 as absent", async () => {
    const [source, target] = [distances(1, 4, 1), distances(1, 5, 2)];
    const pad = (graph: NdArray, n: number, size: number) =>
      floats(
        [size, size],
        Array.from({ length: size * size }, (_, k) => {
          const [i, j] = [Math.floor(k / size), k % size];
          return i < n && j < n ? graph.data[i * n + j]! : 0;
        }),
      );
    const padded = (n: number, size: number) =>
      floats([1, size], Array.from({ length: size }, (_, k) => (k < n ? 1 / n : 0))); // prettier-ignore
    const plain = await discrepancy([source, target, uniform(4), uniform(5)]);
    const wide = await discrepancy([pad(source, 4, 7), pad(target, 5, 6), padded(4, 7), padded(5, 6)]);
    assert.ok(Math.abs(plain - wide) <= 1e-6, `${plain} ${wide}`);
  });

  it("refuses weights without the sum 1", async () => {
    const inputs = [distances(1, 3, 1), distances(1, 3, 2), floats([1, 3], [0.5, 0.5, 0.5]), uniform(3)];
    await assert.rejects(discrepancy(inputs), { code: "SHAPE_MISMATCH", message: /sum 1/ });
    inputs[2] = floats([1, 3], [NaN, 0.5, 0.5]);
    await assert.rejects(discrepancy(inputs), { code: "SHAPE_MISMATCH", message: /NaN/ });
  });
}
