import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Sentence } from "../../lib/data/sentence.js";
import { freshState, type TrainingState } from "../../lib/training/checkpoint.js";
import { isBest, isDue, noteScore, outOfPatience } from "../../lib/training/evaluations.js";
import { fit } from "../../lib/training/fit.js";
import { trainingOptionsOf } from "../../lib/training/options.js";
import { temporaryFolder } from "../support/small-data.js";
import { FakeModel, parameter } from "./fake-model.js";

const at = (given: Partial<TrainingState>): TrainingState => ({ ...freshState({}), ...given });

/** The state after scores in the epochs from 1 on. */
function scored(scores: readonly number[]): TrainingState {
  const state = at({});
  scores.forEach((f1, k) => {
    state.epoch = k + 1;
    noteScore(f1, state);
  });
  return state;
}

describe("dev scores in training", () => {
  for (const [given, expected] of [
    [{ epochs: 3 }, [2, 3]],
    [{ epochs: 10 }, [5, 6, 7, 8, 9, 10]],
    [{ epochs: 10, evaluateFrom: 0 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [{ epochs: 10, evaluateFrom: 0.55 }, [6, 7, 8, 9, 10]],
    [{ epochs: 10, evaluateFrom: 1 }, [10]],
    [{ epochs: 30 }, [15, 18, 21, 24, 27, 30]],
    [{ epochs: 25, evaluateFrom: 0.7 }, [19, 22, 25]],
    [{ epochs: 7, evaluateFrom: 0, evaluateEvery: 3 }, [1, 4, 7]],
    [{ epochs: 10, evaluateEvery: 4 }, [6, 10]],
    [{ epochs: 4, evaluateEvery: 9 }, [4]],
  ] as const)
    it(`are due at epochs ${expected.join(", ")} with ${JSON.stringify(given)}`, () => {
      const options = trainingOptionsOf(given);
      const epochs = Array.from({ length: options.epochs + 1 }, (_, epoch) => epoch);
      const due = epochs.filter((epoch) => isDue(options, at({ epoch, evaluatedEpoch: 0 })));
      assert.deepEqual(due, expected);
    });

  it("are due once an epoch, and not within one", () => {
    const options = trainingOptionsOf({ epochs: 10 });
    assert.ok(isDue(options, at({ epoch: 6, evaluatedEpoch: 5 })));
    assert.ok(!isDue(options, at({ epoch: 6, evaluatedEpoch: 6 })));
    assert.ok(!isDue(options, at({ epoch: 6, evaluatedEpoch: 5, batch: 1 })));
  });

  it("are best where none was as high: of equal ones the earlier stays", () => {
    assert.ok(isBest(0, at({})));
    const state = at({ best: { f1: 50, epoch: 3 } });
    for (const [f1, best] of [[49.9, false], [50, false], [50.1, true]] as const)
      assert.equal(isBest(f1, state), best, String(f1)); // prettier-ignore
  });

  for (const [scores, best, without] of [
    [[0], { f1: 0, epoch: 1 }, 0],
    [[10, 30, 20], { f1: 30, epoch: 2 }, 1],
    [[10, 30, 20, 30, 29], { f1: 30, epoch: 2 }, 3],
    [[10, 30, 20, 30, 31], { f1: 31, epoch: 5 }, 0],
    [[20, 20, 20], { f1: 20, epoch: 1 }, 2],
  ] as const)
    it(`${scores.join(", ")} leave the best of epoch ${best.epoch}, and ${without} without gain`, () => {
      const state = scored(scores);
      assert.deepEqual(state.best, best);
      assert.deepEqual([state.evaluatedEpoch, state.evaluationsWithoutGain], [scores.length, without]);
    });

  it("exhaust a patience that is not 0", () => {
    for (const [patience, evaluationsWithoutGain, out] of [[0, 0, false], [0, 99, false], [1, 0, false], [1, 1, true], [4, 3, false], [4, 4, true], [4, 5, true]] as const)
      assert.equal(outOfPatience(trainingOptionsOf({ patience }), at({ evaluationsWithoutGain })), out, `${patience} ${evaluationsWithoutGain}`); // prettier-ignore
  });
});

describe("a run whose dev score is best after its second epoch", () => {
  /** Right answers of four, after each epoch. */
  const right = [1, 3, 2, 3, 2, 1];
  const sentences = Array.from({ length: 4 }, (): Sentence => ({ words: ["Nina"], tags: ["B-a"] }));

  for (const [patience, epochs] of [
    [0, 6],
    [1, 3],
    [2, 4],
    [5, 6],
  ] as const)
    it(`keeps that epoch, and with a patience of ${patience} ends after ${epochs}`, async () => {
      await using folder = await temporaryFolder();
      const options = trainingOptionsOf({
        ...{ epochs: right.length, batchSentences: 2, evaluateFrom: 0, patience },
        ...{ optimizer: "sgd", schedule: "constant", warmup: 0, clipNorm: 0, weightDecay: 0 },
        headLearningRate: 0.25,
      });
      const tagged = (updates: number) =>
        sentences.map((_, k) => ({ tags: [k < right[updates / 2 - 1]! ? "B-a" : "O"] }));
      const model = await FakeModel.of([parameter("weight", "head", true)], tagged);
      const report = await fit({
        ...{ model, train: sentences, dev: sentences, out: folder.path, options, resume: false },
        ...{ pools: { mentions: new Map(), contexts: new Map() }, provenance: {}, fingerprint: {} },
      });
      assert.deepEqual([report.epoch, report.epochs, report.steps], [2, epochs, 2 * epochs]);
      assert.ok(Math.abs(report.devF1! - 600 / 7) < 1e-9);
      assert.equal(model.engine.updates.length, 2 * epochs);
      // Two updates an epoch, each by the rate.
      assert.equal(await readFile(path.join(folder.path, "fake.json"), "utf8"), "[-1]");
    });
});
