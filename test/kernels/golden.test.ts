import assert from "node:assert/strict";
import { counterfactualEffect, fuse, gcn, gromovWasserstein, sinkhorn } from "../../lib/kernels.js";
import { readGolden } from "../support/golden.js";

interface FusionCase {
  adjacency_normalised: number[][];
  h: number[][];
  l: number[][];
  Wp: number[][];
  bp: number[];
  Wg: number[][];
  bg: number[];
  Wf: number[][];
  bf: number[];
  alpha: number[][];
  u: number[][];
  u_after_gcn: number[][];
  beta: number[][];
  fused: number[][];
  distances: number[][];
}
interface Transport {
  sinkhorn: { cost: number[][]; p: number[]; q: number[]; regularisation: number; plan: number[][] }[];
  gromov: {
    kind: string;
    C1: number[][];
    C2: number[][];
    solutions: { solver: string; epsilon: number; value: number }[];
  }[];
}

const flat = (rows: number[][]) => Float32Array.from(rows.flat());
const transposed = (rows: number[][]) => rows[0]!.map((_, j) => rows.map((row) => row[j]!));
const affine = (weight: number[][], bias: number[]) => ({
  weight: flat(transposed(weight)),
  bias: Float32Array.from(bias),
});

/** Edges of METHOD 2.3: 1 - Δ / δ where Δ < δ = 1.5. */
const edgesOf = (distances: number[][]) =>
  flat(distances.map((row, i) => row.map((distance, j) => (i === j ? 0 : Math.max(0, 1 - distance / 1.5)))));

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, k) => assert.ok(Math.abs(value - actual[k]!) <= tolerance * scale, `${k}`));
}

describe("cdlm/kernels against PyTorch and POT", () => {
  for (const device of ["cpu", "reference"] as const)
    for (const example of readGolden<{ cases: FusionCase[] }>("fusion.json").cases) {
      const [labels, width] = [example.l.length, example.l[0]!.length];
      const edges = edgesOf(example.distances);
      const layers = [affine(example.Wg, example.bg)];

      it(`gcn over ${labels} nodes, ${device}`, async () => {
        const twice = flat([...example.u, ...example.u]);
        const problem = { features: twice, edges, nodes: labels, width, layers };
        const y = await gcn(problem, { device, threads: 1 });
        assertClose(y, [...example.u_after_gcn, ...example.u_after_gcn].flat());
      });

      it(`fuse ${example.h.length} words with ${labels} labels, ${device}`, async () => {
        const problem = {
          words: flat([...example.h, ...example.h]),
          sentences: Int32Array.of(example.h.length, example.h.length),
          labels: flat(example.l),
          edges,
          width,
          projection: affine(example.Wp, example.bp),
          layers,
          combination: affine(example.Wf, example.bf),
          scoreScale: 1,
        };
        const { fused, nodes, wordWeights, labelWeights } = await fuse(problem, { device, threads: 1 });
        assertClose(fused, [...example.fused, ...example.fused].flat());
        assertClose(nodes, [...example.u_after_gcn, ...example.u_after_gcn].flat());
        assertClose(labelWeights, [...example.beta, ...example.beta].flat());
        const alpha = transposed(example.alpha);
        assertClose(wordWeights, [...alpha, ...alpha].flat());
      });
    }

  const transport = readGolden<Transport>("transport.json");
  for (const { cost, p, q, regularisation: epsilon, plan } of transport.sinkhorn)
    it(`sinkhorn of ${p.length} × ${q.length} nodes`, async () => {
      const [n, m] = [p.length, q.length];
      const problem = { cost: flat(cost), n, m, epsilon, iterations: 20000, tolerance: 5e-7 };
      const { plans, values, marginalErrors } = await sinkhorn(problem);
      assertClose(plans, plan.flat());
      const value = plan.flat().reduce((sum, entry, k) => sum + entry * cost.flat()[k]!, 0);
      assert.ok(Math.abs(values[0]! - value) <= 1e-5);
      assert.ok(marginalErrors[0]! <= 1e-6);
    });

  for (const { kind, C1, C2, solutions } of transport.gromov.filter(({ kind }) => kind !== "random"))
    it(`gromovWasserstein of ${kind} graphs`, async () => {
      const { solver, epsilon, value } = solutions.find(({ solver }) => solver.startsWith("proximal"))!;
      const problem = { source: flat(C1), target: flat(C2), n: C1.length, m: C2.length, epsilon };
      const result = await gromovWasserstein(problem);
      assert.ok(Math.abs(result.values[0]! - value) <= 1e-4, `${solver}: ${result.values[0]} ${value}`);
      assert.ok(result.marginalErrors[0]! <= 1e-6);
    });

  it("counterfactualEffect subtracts τ Ỹ, but not from O", async () => {
    const factual = Float32Array.of(1, 2, 3, 4, 5, 6);
    const problem = { factual, counterfactual: Float32Array.of(6, 5, 4, 3, 2, 1), tags: 3, tau: 0.5 };
    assert.deepEqual([...(await counterfactualEffect(problem))], [1, -0.5, 1, 4, 4, 5.5]);
    const all = await counterfactualEffect({ ...problem, sparesO: false });
    assert.deepEqual([...all], [-2, -0.5, 1, 2.5, 4, 5.5]);
  });

  it("gcn adds the input of a residual layer after the non-linearity", async () => {
    const identity = { weight: Float32Array.of(1, 0, 0, 1), bias: new Float32Array(2) };
    const problem = {
      features: Float32Array.of(0, 3, -2, 1),
      edges: new Float32Array(4),
      nodes: 2,
      width: 2,
      layers: [{ ...identity, activation: "gelu" as const, residual: true }],
    };
    const gelu = [0, 2.99595, -0.0455, 0.841345];
    assertClose(
      await gcn(problem),
      [...problem.features].map((x, k) => x + gelu[k]!),
    );
  });
});
