import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train, type TrainRequest } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, weightsOf } from "../support/small-data.js";

const options = { epochs: 2, batchSentences: 4, evaluateFrom: 0, learningRate: 1e-3 };
const encoder = golden("tiny-bert");

async function trained(change: Partial<TrainRequest> = {}): Promise<Buffer> {
  await using folder = await temporaryFolder();
  const data = await smallData("politics", { train: 24, dev: 8 });
  await train({ encoder, data, out: folder.path, options, device: { threads: 2 }, ...change });
  return await weightsOf(folder.path);
}

describe("training runs", function () {
  this.timeout(60_000);

  it("the same seed gives the same bytes, whatever the number of threads; another seed does not", async () => {
    const first = await trained();
    assert.ok(first.equals(await trained()));
    for (const threads of [1, 3])
      assert.ok(first.equals(await trained({ device: { threads } })), `${threads} threads`);
    assert.ok(!first.equals(await trained({ options: { ...options, seed: 2 } })));
  });

  it("a rate that is far too high ends with DIVERGED and leaves the earlier model as it was", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 24, dev: 8 });
    const base = { encoder, data, out: folder.path };
    await train({ ...base, options });
    const before = await filesOf(folder.path);
    const wild = { ...options, learningRate: 1e30, headLearningRate: 1e30, clipNorm: 0, warmup: 0 };
    await assert.rejects(train({ ...base, options: { ...wild, evaluateFrom: 1 } }), { code: "DIVERGED" });
    const after = await filesOf(folder.path);
    for (const [name, content] of before)
      if (name !== "metrics.jsonl") assert.deepEqual(after.get(name), content, name);
  });

  it("a few-shot draw trains on the drawn sentences and reports each type", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("music", { train: 60, dev: 8 });
    const out = folder.path;
    const report = await adapt({
      model: encoder,
      data,
      out,
      fewShot: { shots: 3, draw: 1 },
      options: { ...options },
    });
    assert.ok(report.trainSentences > 0 && report.trainSentences < 60);
    const tags = data.train.flatMap((sentence) => sentence.tags).filter((tag) => tag !== "O");
    const types = [...new Set(tags.map((tag) => tag.slice(2)))].sort();
    assert.deepEqual(report.fewShot!.map(({ type }) => type).sort(), types); // prettier-ignore
    await using ner = await Recognizer.load(out);
    assert.deepEqual(ner.types, report.types);
  });

  it("no sentences: DATA_EMPTY; no dev sentences: the last epoch is kept", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 8, dev: 4 });
    const base = { encoder, out: folder.path, options };
    await assert.rejects(train({ ...base, data: { ...data, train: [] } }), { code: "DATA_EMPTY" });
    const { dev: _, ...rest } = data;
    const report = await train({ ...base, data: { ...rest, dev: undefined } });
    assert.deepEqual([report.devF1, report.epoch, report.epochs], [null, 2, 2]);
    await assert.rejects(train({ ...base, data: path.join(folder.path, "nowhere") }), {
      code: "FILE_NOT_FOUND",
    });
  });

  it("wrong options are named", async () => {
    const base = { encoder, data: "nowhere", out: "nowhere" };
    for (const wrong of [{ epochs: 0 }, { learningRate: -1 }, { clipNorm: NaN }, { epoch: 3 }])
      await assert.rejects(train({ ...base, options: wrong }), {
        code: "INVALID_OPTION",
        message: new RegExp(Object.keys(wrong)[0]!),
      });
    await assert.rejects(train({ ...base, device: { threads: 0 } }), { name: "CdlmError" });
  });
});

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      names.map(async ({ name }) => [name, await readFile(path.join(folder, name))] as const),
    ),
  );
}
