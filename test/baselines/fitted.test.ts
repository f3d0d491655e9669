import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { systems, type SystemName } from "../../lib/baselines/index.js";
import { typedTags } from "../../lib/baselines/mentions.js";
import { mentionsIn, spanInputs } from "../../lib/model/mentions-in-batch.js";
import type { SystemRequest } from "../../lib/baselines/system.js";
import { loadDataset } from "../../lib/data/dataset.js";
import { writeColumnFile } from "../../lib/data/column-file.js";
import { scoreSpans } from "../../lib/eval/span-scores.js";
import { CdlmError } from "../../lib/errors.js";
import { firstSentences, temporaryFolder, writeSmallData } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

describe("mentions in tag indices", () => {
  it("are read by CoNLL's rule within each sentence, and written back", () => {
    // O B-a I-a I-b | I-b B-a B-a
    const tags = [0, 1, 2, 4, 4, 1, 1];
    const { spans, types } = mentionsIn(tags, [0, 4, 4, 3]);
    assert.deepEqual(spans, [[1, 2], [3, 1], [4, 1], [5, 1], [6, 1]]); // prettier-ignore
    assert.deepEqual(types, [0, 1, 1, 0, 0]);
    const scores = Float32Array.from(types.flatMap((type) => (type === 0 ? [2, 1] : [-2, -1])));
    assert.deepEqual([...typedTags(spans, scores, 7)], [0, 1, 2, 3, 3, 1, 1]);
  });

  it("words that do not count are in none; without mentions there is a range of no word", () => {
    assert.deepEqual(mentionsIn([-1, 2, -1, 2], [0, 4]).spans, [[1, 1], [3, 1]]); // prettier-ignore
    const { spans, spanWeights } = spanInputs([], 2);
    assert.deepEqual([[...spans], [...spanWeights]], [[0, 0], [0, 0]]); // prettier-ignore
  });
});

describe("systems with a model of their own", function () {
  this.timeout(120_000);

  /** A few sentences, which are train, dev and test at once. */
  async function request(folder: string): Promise<SystemRequest> {
    const [source, target, sourceData] = ["model", "target", "source"].map((name) => path.join(folder, name)) as [string, string, string]; // prettier-ignore
    await writeTinyModel(source);
    await writeSmallData(sourceData, "politics", { train: 20, dev: 4 });
    await mkdir(target);
    const sentences = await firstSentences("music", "train", 8);
    for (const split of ["train", "dev", "test"]) await writeColumnFile(path.join(target, `${split}.txt`), sentences); // prettier-ignore
    return {
      ...{ source, sourceData, data: await loadDataset(target), work: path.join(folder, "work") },
      options: {
        epochs: 60,
        learningRate: 3e-3,
        headLearningRate: 1e-2,
        patience: 0,
        seed: 1,
        batchSentences: 4,
      },
      device: { device: "cpu", threads: 1 },
    };
  }

  const trained: SystemName[] = ["joint", "coach", "laner"];
  for (const name of trained)
    it(`${name} learns a few sentences by heart, and tags as it was scored on dev`, async () => {
      await using folder = await temporaryFolder();
      const given = await request(folder.path);
      const { dev, test, details } = await systems[name].run(given);
      const gold = given.data.test!.map(({ tags }) => tags);
      const { f1 } = scoreSpans(gold, test).micro;
      assert.ok(f1 > 90, `F1 ${f1}`);
      assert.deepEqual(dev, test);
      assert.equal(details.devF1, f1);
    });

  for (const name of ["coach", "finetune"] as const)
    it(`${name} that is stopped while it tags goes on with the model that it has trained`, async () => {
      await using folder = await temporaryFolder();
      const given = await request(folder.path);
      const options = { ...given.options, epochs: 2 };
      const cut = new CdlmError("CANCELLED", "stopped");
      const data = { ...given.data, get test(): never { throw cut; } }; // prettier-ignore
      await assert.rejects(systems[name].run({ ...given, options, data }), cut);
      let reports = 0;
      const { details } = await systems[name].run({ ...given, options, onProgress: () => reports++ });
      assert.deepEqual([reports, details.epochs], [0, 2]);
    });

  it("options that a model of its own does not have are refused", () => {
    const sourceToo = { sentences: 0.5, pool: "both" } as const;
    const wrong = [
      { decoding: "crf" },
      { preset: "lst" },
      { objective: { consistency: {} } },
      { objective: { interventions: sourceToo } },
    ] as const;
    for (const name of trained) {
      for (const options of wrong)
        assert.throws(() => systems[name].trainingOptions(options), { code: "INVALID_OPTION" });
      systems[name].trainingOptions({ objective: { interventions: { sentences: 0.5 } } });
    }
  });

  for (const name of trained)
    it(`${name} stopped and gone on with comes to the same answers`, async () => {
      await using folder = await temporaryFolder();
      const given = await request(folder.path);
      const options = { ...given.options, epochs: 40 };
      const whole = await systems[name].run({ ...given, options, work: path.join(folder.path, "whole") });
      const stop = new AbortController();
      let updates = 0;
      const onProgress = ({ phase }: { phase: string }) => {
        if (phase === "train" && ++updates === 30) stop.abort(new CdlmError("CANCELLED", "stopped"));
      };
      await assert.rejects(systems[name].run({ ...given, options, onProgress, signal: stop.signal }), { code: "CANCELLED" }); // prettier-ignore
      const resumed = await systems[name].run({ ...given, options });
      assert.ok(Number(whole.details.devF1) > 0);
      assert.deepEqual(resumed.test, whole.test);
      assert.equal(resumed.details.devF1, whole.details.devF1);
    });
});
