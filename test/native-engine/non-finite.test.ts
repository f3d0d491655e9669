import assert from "node:assert/strict";
import type { Engine } from "../../lib/native/engine.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { cpuEngine, defineLeaves } from "../support/engines.js";
import { adamW, rowModel, slotsOf, wordsOf } from "../support/row-model.js";

const update = { learningRates: [0.01, 0.01], clipNorm: 1 };

async function afterSteps(engine: Engine, dense: boolean, values: readonly (number | undefined)[]) {
  await defineLeaves(engine, rowModel(dense));
  await engine.configureOptimizer(adamW, 0);
  const program = engine.program(rowModel(dense));
  let step = 0;
  for (const bad of values) {
    const inputs = wordsOf(bad === undefined ? step++ : 77);
    if (bad !== undefined) inputs.wanted!.set([bad], 3);
    await program.run(inputs);
    const norm = await engine.step(update);
    assert.equal(Number.isFinite(norm), bad === undefined);
  }
  const slots = await slotsOf(engine, "adamw");
  await engine.dispose();
  return slots;
}

const engines = [
  ["cpu", () => cpuEngine()],
  ["reference", () => new ReferenceEngine()],
] as const;

describe("a gradient that is not finite", () => {
  for (const dense of [false, true])
    for (const [device, engineOf] of engines)
      it(`${device}, ${dense ? "dense" : "by rows"}: changes nothing, and the next step works`, async () => {
        const good = [undefined, undefined, undefined, undefined];
        const [a, b, c, d] = good;
        const expected = await afterSteps(engineOf(), dense, good);
        const actual = await afterSteps(engineOf(), dense, [a, NaN, b, c, Infinity, -Infinity, d]);
        assert.deepEqual(actual, expected);
      });

  it("a gradient too large for fp32 does not count as finite", async () => {
    const engine = cpuEngine();
    await defineLeaves(engine, rowModel(false));
    await engine.configureOptimizer(adamW, 0);
    const inputs = wordsOf(1);
    inputs.wanted!.fill(3e38);
    await engine.program(rowModel(false)).run(inputs);
    assert.equal(Number.isFinite(await engine.step(update)), false);
    await engine.dispose();
  });
});
