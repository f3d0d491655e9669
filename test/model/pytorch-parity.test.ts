import assert from "node:assert/strict";
import { createEngine } from "../../lib/native/create-engine.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import type { Engine } from "../../lib/native/engine.js";
import { golden, miniLm, readGolden, readTensors, requireMiniLm } from "../support/golden.js";
import {
  gradientsByName,
  packedBatch,
  taggerFixture,
  type Fixture,
  type TrainingReference,
} from "../support/tagger-fixture.js";

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));

const setups = [
  { name: "train_tiny", folder: golden("tiny-bert"), rate: 1e-3, real: false },
  { name: "train_minilm", folder: miniLm, rate: 1e-4, real: true },
];

describe("training step against PyTorch", () => {
  for (const level of loadAddon().availableLevels())
    for (const setup of setups)
      it(`${setup.name} at ${level}: losses, gradients and norms of 10 steps`, async function () {
        this.timeout(60_000);
        if (setup.real) requireMiniLm(this);
        await checkTraining(new AddonEngine(loadAddon(), { level, threads: 2 }), setup);
      });

  it("train_tiny in the float64 reference", async function () {
    this.timeout(60_000);
    await checkTraining(createEngine({ device: "reference" }), setups[0]!, 3);
  });
});

async function checkTraining(engine: Engine, setup: (typeof setups)[number], steps = 10): Promise<void> {
  const reference = readGolden<TrainingReference>(`${setup.name}.json`);
  const tensors = await readTensors(golden(`${setup.name}.safetensors`));
  const head = { weight: tensors.get("head.weight.start")!, bias: tensors.get("head.bias.start")! };
  const fixture = await taggerFixture(engine, setup.folder, reference.tags.length, head);
  const groups = [true, false].map((decay) => ({
    weightDecay: decay ? 0.01 : 0,
    parameters: fixture.parameters.filter((spec) => spec.decay === decay).map(({ name }) => name),
  }));
  await engine.configureOptimizer({ rule: "adamw", groups }, 0);
  const inputs = packedBatch(reference);
  for (let step = 0; step < steps; step++) {
    const { loss } = await fixture.program.run(inputs);
    const expected = reference.losses[step]!;
    assert.ok(
      Math.abs(loss![0]! - expected) <= 1e-4 * expected,
      `loss ${step}: ${loss![0]} instead of ${expected}`,
    );
    if (step === 0) await checkGradients(fixture, reference, tensors);
    const total = await engine.step({ learningRates: [setup.rate, setup.rate], clipNorm: 1 });
    const wanted = reference.total_norms[step]!;
    assert.ok(Math.abs(total - wanted) <= 1e-3 * wanted, `norm ${step}: ${total} instead of ${wanted}`);
  }
  await engine.dispose();
}

async function checkGradients(
  fixture: Fixture,
  reference: TrainingReference,
  tensors: Map<string, number[]>,
) {
  const found = await gradientsByName(fixture);
  const largest = Math.max(...Object.values(reference.gradient_norms));
  for (const [name, expected] of Object.entries(reference.gradient_norms)) {
    const difference = Math.abs(norm(found.get(name)!) - expected);
    assert.ok(
      difference <= 1e-4 * expected + 1e-7 * largest,
      `${name}: norm ${norm(found.get(name)!)} / ${expected}`,
    );
    const values = tensors.get(`gradient.${name}`);
    if (!values) continue;
    const error = norm(values.map((value, i) => value - found.get(name)![i]!));
    assert.ok(
      error <= 1e-4 * expected + 1e-7 * largest,
      `${name}: gradient differs by ${error} of ${expected}`,
    );
  }
}
