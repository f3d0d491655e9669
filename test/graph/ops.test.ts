import assert from "node:assert/strict";
import { floats, type NdArray } from "../../lib/graph/nd-array.js";
import { fusedOps, primitiveOps } from "../../lib/graph/ops/index.js";
import { detachOp } from "../../lib/graph/ops/detach.js";
import { multiply, multiplyOp } from "../../lib/graph/ops/multiply.js";
import type { Op } from "../../lib/graph/op.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { checkGradient } from "../support/gradient-check.js";
import { referenceOf, runOnAddon, sampleName } from "../support/run-op.js";

const allOps: readonly Op[] = [...primitiveOps, ...fusedOps];

/** Largest absolute difference in units of the largest entry. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const values = Array.from(expected);
  const scale = Math.max(1e-30, ...values.map(Math.abs));
  return Math.max(0, ...values.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

function assertClose(actual: ArrayLike<number>, expected: NdArray, what: string): void {
  assert.equal(actual.length, expected.data.length, what);
  if (expected.type === "i32") return assert.deepEqual(Array.from(actual), Array.from(expected.data), what);
  const error = relativeError(actual, expected.data);
  assert.ok(error <= 1e-5, `${what}: error ${error} of the largest entry`);
}

describe("ops: kernels against references", () => {
  for (const level of loadAddon().availableLevels())
    describe(level, () => {
      const engines = [1, 2].map((threads) => new AddonEngine(loadAddon(), { level, threads }));
      after(() => Promise.all(engines.map((engine) => engine.dispose())));

      for (const op of allOps)
        for (const sample of op.samples)
          it(`${op.name} ${sampleName(sample)}`, async () => {
            const expected = referenceOf(op, sample);
            const [one, two] = await Promise.all(engines.map((engine) => runOnAddon(engine, op, sample)));
            expected.forEach((array, k) => assertClose(one![k]!, array, `output ${k}`));
            assert.deepEqual(two, one, "one thread and two give equal bits");
          });
    });
});

describe("ops: gradients against finite differences in float64", () => {
  for (const op of primitiveOps.filter((candidate) => "gradient" in candidate))
    for (const sample of op.samples)
      it(`${op.name} ${sampleName(sample)}`, () => {
        const worst = checkGradient(op, sample);
        assert.ok(worst <= 1e-3, `error ${worst} of the largest entry`);
      });

  it("finds a wrong gradient", () => {
    const wrong: Op = { ...multiplyOp, gradient: ({ outputGradients: [dY] }) => [dY, dY] };
    const sample = { inputs: [floats([1, 2], [3, 5]), floats([1, 2], [7, 11])] };
    assert.ok(checkGradient(wrong, sample) > 0.1);
  });

  it("finds a gradient that is missing, and one by what is held", () => {
    const sample = { inputs: [floats([1, 2], [3, 5]), floats([1, 2], [7, 11])] };
    const byFirst: Op = {
      ...multiplyOp,
      gradient: ({ inputs, outputGradients: [dY] }) => [multiply(dY!, inputs[1]!), undefined],
    };
    assert.ok(checkGradient(byFirst, sample) > 0.1);
    const leaky: Op = { ...detachOp, gradient: ({ outputGradients: [dY] }) => [dY] };
    assert.ok(checkGradient(leaky, { inputs: [floats([1, 2], [3, 5])] }) > 0.1);
  });
});

describe("ops: the table", () => {
  it("has unique names and samples for every op", () => {
    assert.equal(new Set(allOps.map((op) => op.name)).size, allOps.length);
    for (const op of allOps) assert.ok(op.samples.length > 0, op.name);
  });

  it("has a reference behind every fused op and no gradient", () => {
    for (const op of fusedOps) assert.ok(!("gradient" in op), op.name);
  });
});
