import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { CdlmError } from "../../lib/errors.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train, type TrainRequest } from "../../lib/trainer.js";
import { readCheckpoint } from "../../lib/training/checkpoint.js";
import { FailingDisk } from "../files/failing-disk.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, weightsOf } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

const faults = Number(process.env.CDLM_FAULTS ?? 15);
const options = { epochs: 2, batchSentences: 4, evaluateFrom: 0, learningRate: 1e-3, checkpointSeconds: 0 };

describe("a disk that is full", function () {
  this.timeout(60_000 + faults * 5000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let request: TrainRequest;
  let expected: Buffer;
  let callsOfARun = 0;
  before(async () => {
    folder = await temporaryFolder();
    const data = await smallData("politics", { train: 8, dev: 4 });
    request = { encoder: golden("tiny-bert"), data, out: path.join(folder.path, "whole"), options };
    using disk = new FailingDisk();
    await train(request);
    callsOfARun = disk.calls;
    expected = await weightsOf(request.out);
  });
  after(() => folder[Symbol.asyncDispose]());

  it(`at ${faults} moments of a run: an error with the file, nothing half-written, resumed to the same bits`, async () => {
    const out = path.join(folder.path, "full");
    for (let k = 0; k < faults; k++) {
      await rm(out, { recursive: true, force: true });
      await failsAt(Math.floor((k * callsOfARun) / faults), out);
      await assertWhole(out);
      await train({ ...request, out, resume: true });
      assert.ok((await weightsOf(out)).equals(expected), `fault ${k}`);
    }
  });

  it("while a model is saved over an earlier one: the earlier one stays, all of it", async () => {
    const out = path.join(folder.path, "earlier");
    await writeTinyModel(out);
    const files = ["cdlm.json", "config.json", "model.safetensors", "tokenizer.json"];
    const contents = () => files.map((name) => readFileSync(path.join(out, name)));
    const earlier = contents();
    const toTheFirstSave = 40;
    for (let calls = 0; calls < toTheFirstSave; calls += Math.ceil(toTheFirstSave / faults)) {
      await failsAt(calls, out);
      const now = contents();
      if (!now[0]!.equals(earlier[0]!)) break; // saved: the disk was full for what came behind
      assert.deepEqual(now, earlier, `after ${calls} calls`);
    }
  });

  async function failsAt(calls: number, out: string): Promise<void> {
    using _disk = new FailingDisk(calls);
    await assert.rejects(train({ ...request, out }), (error) => {
      assert.ok(error instanceof CdlmError, String(error));
      assert.equal(error.code, "FILE_WRITE_FAILED", `after ${calls} calls: ${error.message}`);
      assert.ok(error.file?.startsWith(out), error.message);
      return true;
    });
  }
});

/** What is there is whole: the model, the checkpoint, the lines of the metrics; and no temporary file is left. */
async function assertWhole(out: string): Promise<void> {
  const files = await readdir(out, { recursive: true });
  assert.deepEqual(files.filter((name) => name.endsWith(".tmp")), []); // prettier-ignore
  if (files.includes("model.safetensors")) await (await Recognizer.load(out)).dispose();
  const checkpoint = await readCheckpoint(out);
  if (checkpoint) assert.ok(existsSync(checkpoint.tensors));
  if (!files.includes("metrics.jsonl")) return;
  const lines = readFileSync(path.join(out, "metrics.jsonl"), "utf8").split("\n");
  assert.equal(lines.pop(), "");
  for (const line of lines) JSON.parse(line);
}
