import assert from "node:assert/strict";
import { Random } from "../../lib/data/random.js";
import { FileType, Slot } from "../../lib/native/contract.js";
import type { Engine, OptimizerOptions } from "../../lib/native/engine.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { learningRateFactor } from "../../lib/training/schedule.js";
import { assertClose, cpuEngine, defineLeaves } from "../support/engines.js";
import { adamW, reading, rowModel, sgd, slotsOf, tableRows, width, wordsOf } from "../support/row-model.js";

const steps = 500;

const rates = { adamw: 3e-3, sgd: 1e-3 };

/** Steps `from` … `to` - 1 with warm-up, decay and clipping; `between` runs after each of them. */
async function train(
  engine: Engine,
  { dense, options }: { dense: boolean; options: OptimizerOptions },
  {
    from = 0,
    to = steps,
    between,
  }: { from?: number; to?: number; between?: (step: number) => Promise<void> } = {},
): Promise<number[]> {
  const norms: number[] = [];
  const program = engine.program(rowModel(dense));
  for (let step = from; step < to; step++) {
    await program.run(wordsOf(step));
    const rate = rates[options.rule] * learningRateFactor({ schedule: "cosine", warmup: 0.1 }, step, steps);
    norms.push(await engine.step({ learningRates: [rate, 3 * rate], scale: 0.5, clipNorm: 8 }));
    await between?.(step);
  }
  return norms;
}

async function begun(engine: Engine, options: OptimizerOptions): Promise<Engine> {
  await defineLeaves(engine, rowModel(false));
  await engine.configureOptimizer(options, 0);
  return engine;
}

/** What is left after a whole run. */
async function resultOf(
  engine: Engine,
  dense: boolean,
  options: OptimizerOptions,
  between?: (step: number) => Promise<void>,
) {
  await begun(engine, options);
  const norms = await train(engine, { dense, options }, between ? { between } : {});
  const slots = await slotsOf(engine, options.rule);
  await engine.dispose();
  return { norms, slots };
}

/** Reads something now and then, as evaluation, saving and checkpoints do. */
function reader(engine: Engine, expected?: Map<number, Float32Array>) {
  const random = Random.of(9, "reads");
  const program = engine.program(reading());
  return async (step: number): Promise<void> => {
    const kind = random.below(12);
    const ids = Int32Array.from({ length: 1 + random.below(9) }, () => random.below(tableRows));
    if (kind === 0) await engine.read("table", Slot.value, width * 7, width * 3);
    if (kind === 1) await engine.read("table", Slot.moment1, 0, width * tableRows);
    if (kind !== 2 && kind !== 3) return;
    const { rows, table } = await program.run({ ids });
    const seen = Float32Array.of(...rows!, ...table!);
    if (expected?.has(step)) assert.deepEqual(seen, expected.get(step), `rows read after step ${step}`);
    expected?.set(step, seen);
  };
}

describe("tables updated by rows", function () {
  it("a gradient that is written takes the place of one that came by rows", async () => {
    const engines = [cpuEngine(), new ReferenceEngine()];
    const tables = engines.map(async (engine) => {
      await begun(engine, sgd);
      await engine.program(rowModel(false)).run(wordsOf(0));
      const nine = new Float32Array(width).fill(9);
      await engine.write("table", Slot.gradient, 0, FileType.f32, new Uint8Array(nine.buffer));
      const gradient = await engine.read("table", Slot.gradient, 0, tableRows * width);
      await engine.step({ learningRates: [0.1, 0.1] });
      const value = await engine.read("table", Slot.value, 0, tableRows * width);
      await engine.dispose();
      return { gradient, value };
    });
    const [own, reference] = (await Promise.all(tables)) as [{ gradient: Float32Array; value: Float32Array }, { gradient: Float32Array; value: Float32Array }]; // prettier-ignore
    assert.deepEqual([...own.gradient.subarray(0, width)], Array<number>(width).fill(9));
    assertClose(own.gradient, reference.gradient, 1e-5, "gradient");
    assertClose(own.value, reference.value, 1e-5, "value");
  });

  this.timeout(60_000);

  for (const options of [adamW, sgd]) {
    it(`${options.rule}: ${steps} steps end in the same bits as dense updates`, async () => {
      const byRows = await resultOf(cpuEngine(), false, options);
      const dense = await resultOf(cpuEngine(1), true, options);
      assert.deepEqual(byRows.slots, dense.slots);
      assertClose(byRows.norms, dense.norms, 1e-12, "norms");
      assert.ok(
        new Set(byRows.norms.map((norm) => norm > 8)).size === 2,
        "some steps are clipped, some are not",
      );
    });

    it(`${options.rule}: reads at random steps see dense values and change nothing`, async () => {
      const seen = new Map<number, Float32Array>();
      const [first, second] = [cpuEngine(), cpuEngine()];
      const dense = await resultOf(first, true, options, reader(first, seen));
      assert.ok(seen.size > 20);
      const byRows = await resultOf(second, false, options, reader(second, seen));
      assert.deepEqual(byRows.slots, dense.slots);
      assert.deepEqual((await resultOf(cpuEngine(), false, options)).slots, dense.slots);
    });

    it(`${options.rule}: stays within 1e-4 of the float64 reference`, async () => {
      const actual = await resultOf(cpuEngine(), false, options);
      const expected = await resultOf(new ReferenceEngine(), false, options);
      for (const [name, values] of expected.slots) assertClose(actual.slots.get(name)!, values, 1e-4, name);
    });
  }

  it("switch between row-wise and dense gradients within one run", async () => {
    const engine = await begun(cpuEngine(), adamW);
    for (let step = 0; step < 120; step += 10)
      await train(engine, { dense: step % 20 === 0, options: adamW }, { from: step, to: step + 10 });
    const dense = await begun(cpuEngine(), adamW);
    await train(dense, { dense: true, options: adamW }, { to: 120 });
    assert.deepEqual(await slotsOf(engine, "adamw"), await slotsOf(dense, "adamw"));
    await Promise.all([engine.dispose(), dense.dispose()]);
  });

  it("go on from a saved run as if it had not stopped", async () => {
    const whole = await resultOf(cpuEngine(), false, adamW);
    const first = await begun(cpuEngine(), adamW);
    await train(first, { dense: false, options: adamW }, { to: 201 });
    const saved = await slotsOf(first, "adamw");
    const second = await begun(cpuEngine(), adamW);
    for (const [key, values] of saved) {
      const [name, slot] = key.split(" ") as [string, keyof typeof Slot];
      await second.write(name, Slot[slot], 0, 0, new Uint8Array(values.buffer));
    }
    await second.configureOptimizer(adamW, 201);
    await train(second, { dense: false, options: adamW }, { from: 201 });
    assert.deepEqual(await slotsOf(second, "adamw"), whole.slots);
    await Promise.all([first.dispose(), second.dispose()]);
  });

  it("a table that a later optimiser leaves alone stays as it is", async () => {
    const engine = await begun(cpuEngine(), adamW);
    await train(engine, { dense: false, options: adamW }, { to: 30 });
    const before = (await slotsOf(engine, "adamw")).get("table value");
    const onlyWeight = { ...adamW, groups: [{ weightDecay: 0, parameters: ["weight"] }] };
    await engine.configureOptimizer(onlyWeight, 0);
    const program = engine.program(rowModel(false));
    for (let step = 0; step < 60; step++) {
      await program.run(wordsOf(step));
      await engine.step({ learningRates: [0.01] });
    }
    assert.deepEqual((await slotsOf(engine, "adamw")).get("table value"), before);
    await engine.dispose();
  });
});
