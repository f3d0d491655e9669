import assert from "node:assert/strict";
import { Batches } from "../../lib/training/batches.js";
import { fit } from "../../lib/training/fit.js";
import { learningRatesOf, optimizerOf } from "../../lib/training/parameter-groups.js";
import { trainingOptionsOf, type TrainingOptionsInput } from "../../lib/training/options.js";
import { update } from "../../lib/training/update.js";
import { temporaryFolder } from "../support/small-data.js";
import { FakeModel, parameter } from "./fake-model.js";

const parameters = [
  parameter("tags.weight", "head", true),
  parameter("tags.bias", "head", false),
  parameter("embeddings", "encoder", true),
  parameter("nodes.weight", "fusion", true),
  parameter("norm", "encoder", false),
  parameter("layer.weight", "encoder", true),
];
const pools = { mentions: new Map(), contexts: new Map() };
const rates = { learningRate: 0.5, fusionLearningRate: 2, headLearningRate: 8 };

describe("the optimiser's options", () => {
  const groups = [["embeddings", "layer.weight"], ["norm"], ["nodes.weight"], ["tags.weight"], ["tags.bias"]];
  for (const given of [
    { optimizer: "adamw", weightDecay: 0.125, momentum: 0 },
    { optimizer: "sgd", weightDecay: 0.25, momentum: 0.75 },
    { optimizer: "sgd", weightDecay: 0, momentum: 0 },
  ] as const)
    it(`${given.optimizer} with decay ${given.weightDecay} and momentum ${given.momentum}: biases and norms do not decay`, () => {
      const decays = [given.weightDecay, 0, given.weightDecay, given.weightDecay, 0];
      assert.deepEqual(optimizerOf(parameters, trainingOptionsOf(given)), {
        rule: given.optimizer,
        momentum: given.momentum,
        groups: groups.map((names, k) => ({ weightDecay: decays[k]!, parameters: names })),
      });
    });

  it("are given to the engine before the first update", async () => {
    await using folder = await temporaryFolder();
    const model = await FakeModel.of(parameters);
    const options = trainingOptionsOf({ epochs: 1, optimizer: "sgd", momentum: 0.5 });
    const train = [{ words: ["one"], tags: ["O"] }];
    await fit({
      ...{ model, train, pools, dev: undefined, out: folder.path, options },
      ...{ provenance: {}, fingerprint: {}, resume: false },
    });
    assert.deepEqual(model.engine.optimizers, [[optimizerOf(parameters, options), 0]]);
  });

  it("have a learning rate for each group that there is", () => {
    const options = trainingOptionsOf(rates);
    assert.deepEqual(learningRatesOf(parameters, options, 0.25), [0.125, 0.125, 0.5, 2, 2]);
    assert.deepEqual(learningRatesOf(parameters.slice(0, 2), options, 1), [8, 8]);
  });
});

describe("an update", () => {
  async function updated(given: TrainingOptionsInput, chosen: number[][], step = 0) {
    const model = await FakeModel.of(parameters);
    const options = trainingOptionsOf({ warmup: 0.5, seed: 7, ...rates, ...given });
    const sentences = ["one", "two words", "three words here", "four"].map((text) => {
      const words = text.split(" ");
      return { words, tags: words.map(() => "O") };
    });
    const batches = await Batches.of(model, sentences, pools, options);
    await model.engine.configureOptimizer(optimizerOf(parameters, options), step);
    const result = await update({ model, options }, batches, chosen, { epoch: 1, batch: 4, step, steps: 16 });
    return { ...result, batches: model.batches, step: model.engine.updates };
  }

  for (const [step, factor] of [
    [0, 0.125],
    [3, 0.5],
    [7, 1],
    [8, 1],
    [12, 0.5],
    [15, 0.125],
  ] as const)
    it(`at step ${step} of 16, half of them warm-up, has ${factor} of each group's rate`, async () => {
      const { step: updates } = await updated({}, [[0]], step);
      const { learningRates } = updates[0]!;
      assert.deepEqual(learningRates, [0.5, 0.5, 2, 8, 8].map((rate) => rate * factor)); // prettier-ignore
    });

  for (const [accumulate, chosen, scale] of [
    [1, [[0, 1]], 1],
    [2, [[0, 1], [2]], 0.5],
    [4, [[0], [1], [2], [3]], 0.25],
    [4, [[2], [3]], 0.5],
  ] as const)
    it(`over ${chosen.length} of ${accumulate} batches averages their gradients and losses`, async () => {
      const members = chosen.map((batch) => [...batch]);
      const { batches, step, losses, pieces } = await updated({ accumulate }, members, 3);
      assert.deepEqual(step.map((update) => update.scale), [scale]); // prettier-ignore
      assert.deepEqual(batches.map(({ passages }) => passages.map(({ sentence }) => sentence)), members); // prettier-ignore
      assert.deepEqual(batches.map(({ key }) => key), members.map((_, k) => [7, 3 * accumulate + k])); // prettier-ignore
      for (const [k, { options }] of batches.entries()) {
        assert.equal(options?.accumulate, k > 0);
        assert.equal(options.progress, 3 / 16);
      }
      assert.equal(losses.loss, (members.length + 1) / 2);
      const read = batches.flatMap(({ passages }) => passages);
      assert.equal(pieces, read.reduce((sum, passage) => sum + passage.pieces, 0)); // prettier-ignore
    });

  for (const clipNorm of [0, 1, 2.5])
    it(`clips at norm ${clipNorm}`, async () => {
      const { step } = await updated({ clipNorm }, [[0]]);
      assert.equal(step[0]!.clipNorm, clipNorm);
    });
});
