import assert from "node:assert/strict";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Recognizer } from "../../lib/recognizer.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";
import type { WorkerTask } from "./worker.js";

const terminations = Number(process.env.CDLM_TERMINATIONS ?? 12);

/** Settles a start that may go wrong before the first message. */
async function firstMessage(worker: Worker): Promise<unknown> {
  const [message] = (await once(worker, "message")) as [unknown];
  return message;
}

describe("worker threads", function () {
  this.timeout(60_000 + terminations * 2000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path);
  });
  after(() => folder[Symbol.asyncDispose]());

  const start = (mode: WorkerTask["mode"]) =>
    new Worker(path.join(__dirname, "worker.js"), {
      workerData: { model: folder.path, mode } satisfies WorkerTask,
    });

  it("several at once answer as the main thread does", async () => {
    await using ner = await Recognizer.load(folder.path);
    const expected = await ner.recognize(["Tony Blair led the Labour Party in London ."]);
    const workers = Array.from({ length: 4 }, () => start("answer"));
    const ends = workers.map((worker) => once(worker, "exit"));
    for (const answer of await Promise.all(workers.map(firstMessage))) assert.deepEqual(answer, expected);
    assert.deepEqual((await Promise.all(ends)).flat(), [0, 0, 0, 0]);
  });

  it(`${terminations} terminated in the middle of a run leave the others at work`, async () => {
    await using ner = await Recognizer.load(folder.path);
    const expected = await ner.recognize(["London"]);
    for (let k = 0; k < terminations; k += 2) {
      const pair = [start("busy"), start("busy")];
      await Promise.all(pair.map(firstMessage));
      await wait((k * 7) % 23);
      assert.deepEqual(await Promise.all(pair.map((worker) => worker.terminate())), [1, 1]);
      assert.deepEqual(await ner.recognize(["London"]), expected);
    }
  });

  it("one terminated while it loads", async () => {
    for (const delay of [0, 20, 40, 60, 80]) {
      const worker = start("answer");
      await wait(delay);
      await worker.terminate();
    }
  });

  it("one that throws in the middle of a run reports its error and ends", async () => {
    const worker = start("throw");
    const failure = new Promise<Error>((resolve) => worker.once("error", resolve));
    const end = new Promise<number>((resolve) => worker.once("exit", resolve));
    assert.equal((await failure).message, "thrown in the middle of a run");
    assert.equal(await end, 1);
  });
});
