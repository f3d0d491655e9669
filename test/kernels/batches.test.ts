import assert from "node:assert/strict";
import fc from "fast-check";
import { distances } from "../../lib/graph/ops/gromov-wasserstein.js";
import { weights } from "../../lib/graph/ops/sinkhorn.js";
import { gromovWasserstein, sinkhorn } from "../../lib/kernels.js";

const shapes = fc.record({
  problems: fc.integer({ min: 1, max: 4 }),
  n: fc.integer({ min: 1, max: 20 }),
  m: fc.integer({ min: 1, max: 20 }),
  seed: fc.nat(999),
});

describe("cdlm/kernels: batches", () => {
  it("give each pair of graphs what it gets alone, for any number of threads", () =>
    fc.assert(
      fc.asyncProperty(shapes, async ({ problems, n, m, seed }) => {
        const source = Float32Array.from(distances(problems, n, seed).data);
        const target = Float32Array.from(distances(problems, m, seed + 1).data);
        const p = Float32Array.from(weights(problems, n, seed).data);
        const together = await gromovWasserstein({ source, target, n, m, p }, { threads: 2 });
        for (let k = 0; k < problems; k++) {
          const part = (array: Float32Array, size: number) => array.slice(k * size, (k + 1) * size);
          const pair = { source: part(source, n * n), target: part(target, m * m), n, m, p: part(p, n) };
          const alone = await gromovWasserstein(pair, { threads: 1 });
          assert.equal(alone.values[0], together.values[k]);
          assert.deepEqual(alone.plans, part(together.plans, n * m));
          assert.deepEqual(alone.gradients.source, part(together.gradients.source, n * n));
        }
      }),
      { numRuns: 20 },
    ));

  it("have plans of the given sums, and padding takes no part", () =>
    fc.assert(
      fc.asyncProperty(shapes, async ({ problems, n, m, seed }) => {
        const [rows, columns] = [n + 2, m + 1]; // two rows and a column of padding
        const cost = Float32Array.from(
          { length: problems * rows * columns },
          (_, k) => Math.sin(seed + k) ** 2,
        );
        const p = Float32Array.from(weights(problems, rows, seed, 2).data);
        const q = Float32Array.from(weights(problems, columns, seed + 1, 1).data);
        const { plans, marginalErrors } = await sinkhorn({
          cost,
          n: rows,
          m: columns,
          p,
          q,
          iterations: 50_000,
        });
        assert.ok(Math.max(...marginalErrors) <= 2e-6, marginalErrors.join());
        plans.forEach((entry, k) => {
          const [row, column] = [Math.floor(k / columns) % rows, k % columns];
          if (row >= n || column >= m) assert.equal(entry, 0);
          else assert.ok(entry >= 0);
        });
      }),
      { numRuns: 20 },
    ));
});
