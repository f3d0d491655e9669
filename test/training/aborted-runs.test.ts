import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CdlmError } from "../../lib/errors.js";
import { train, type TrainRequest } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, weightsOf } from "../support/small-data.js";

const options = { epochs: 3, batchSentences: 4, accumulate: 2, evaluateFrom: 0, learningRate: 1e-3 };

async function request(out: string): Promise<TrainRequest> {
  const data = await smallData("politics", { train: 24, dev: 8 });
  return { encoder: golden("tiny-bert"), data, out, options, device: { threads: 2 } };
}

const reasons = [new Error("enough"), "a string", new DOMException("gone", "AbortError")];

describe("runs that are aborted", function () {
  this.timeout(60_000);

  const latencies: number[] = [];

  for (const [k, reason] of reasons.entries())
    it(`reject with the signal's reason (${reason instanceof Error ? reason.name : typeof reason})`, async () => {
      await using folder = await temporaryFolder();
      const abort = new AbortController();
      let aborted = 0;
      const onProgress = ({ step }: { step: number }) => {
        if (step !== 3 + k || aborted > 0) return;
        setTimeout(() => {
          aborted = performance.now();
          abort.abort(reason);
        }, k);
      };
      const run = train({ ...(await request(folder.path)), signal: abort.signal, onProgress });
      await assert.rejects(run, (error) => error === reason);
      latencies.push(performance.now() - aborted);
      assert.ok(existsSync(path.join(folder.path, "checkpoint/state.json")));
    });

  it("do so within 100 ms, the checkpoint included, unless the disk is busy", () => {
    assert.equal(latencies.length, reasons.length);
    assert.ok(Math.min(...latencies) <= 100, latencies.join(", "));
  });

  it("an aborted signal stops a run before it begins, and the next call works", async () => {
    await using folder = await temporaryFolder();
    const base = await request(folder.path);
    await assert.rejects(train({ ...base, signal: AbortSignal.abort("no") }), (error) => error === "no");
    assert.equal((await train(base)).epochs, 3);
  });

  it("stopped ten times at any moment and resumed, they end in the bits of a run that was not", async () => {
    await using folder = await temporaryFolder();
    const [whole, stopped] = ["whole", "stopped"].map((name) => path.join(folder.path, name));
    await train(await request(whole!));
    const base = { ...(await request(stopped!)), resume: true };
    let stops = 0;
    for (;;) {
      const abort = new AbortController();
      // A little after the third report of the run, so that it stops on a machine of any speed.
      let reports = 0;
      const onProgress = () => {
        if (stops < 10 && ++reports === 3) setTimeout(() => abort.abort("stop"), stops % 4);
      };
      const result = await train({ ...base, signal: abort.signal, onProgress }).catch(
        (error: unknown) => error,
      );
      if (result !== "stop") {
        assert.ok(!(result instanceof Error), String(result));
        break;
      }
      stops++;
    }
    assert.ok(stops > 0);
    assert.ok((await weightsOf(whole!)).equals(await weightsOf(stopped!)));
  });
});

describe("runs that are resumed otherwise than begun", function () {
  this.timeout(60_000);

  const changes: [string, (base: TrainRequest) => TrainRequest][] = [
    ["options.seed", (base) => ({ ...base, options: { ...options, seed: 7 } })],
    ["options.epochs", (base) => ({ ...base, options: { ...options, epochs: 4 } })],
    ["options.batchPieces", (base) => ({ ...base, options: { ...options, batchPieces: 64 } })],
    ["fewShot.shots", (base) => ({ ...base, fewShot: { shots: 2, draw: 1 } })],
    ["device", (base) => ({ ...base, device: { device: "reference" } })],
  ];

  for (const [name, change] of changes)
    it(`${name}: INVALID_STATE that names it`, async () => {
      await using folder = await temporaryFolder();
      const base = await request(folder.path);
      await assert.rejects(train({ ...base, ...stopAt(2) }), (error) => error === "stop");
      const resumed = train({ ...change(base), resume: true });
      await assert.rejects(resumed, (error: unknown) => {
        assert.ok(error instanceof CdlmError && error.code === "INVALID_STATE");
        assert.ok(error.message.includes(name), error.message);
        return true;
      });
    });

  it("other data are refused by their checksum, another pace of checkpoints is not", async () => {
    await using folder = await temporaryFolder();
    const base = await request(folder.path);
    await assert.rejects(train({ ...base, ...stopAt(2) }), (error) => error === "stop");
    const data = await smallData("politics", { train: 23, dev: 8 });
    await assert.rejects(train({ ...base, data, resume: true }), { code: "INVALID_STATE" });
    const paced = { ...base, options: { ...options, checkpointSeconds: 1 }, resume: true };
    assert.equal((await train(paced)).epochs, 3);
  });
});

describe("a new run in the folder of an earlier one", function () {
  this.timeout(60_000);

  it("drops its checkpoint and what it left half written, and nothing else", async () => {
    await using folder = await temporaryFolder();
    const base = await request(folder.path);
    await assert.rejects(train({ ...base, ...stopAt(2) }), (error) => error === "stop");
    const at = (name: string) => path.join(folder.path, name);
    writeFileSync(at("model.safetensors.0123abcd.tmp"), "half");
    writeFileSync(at("notes.txt"), "of the user");
    const wild = { ...options, learningRate: 1e30, clipNorm: 0, warmup: 0, evaluateFrom: 1 };
    await assert.rejects(train({ ...base, options: wild }), { code: "DIVERGED" });
    const left = ["checkpoint", "model.safetensors.0123abcd.tmp", "notes.txt"].filter((name) =>
      existsSync(at(name)),
    );
    assert.deepEqual(left, ["notes.txt"]);
    assert.equal((await train({ ...base, resume: true })).epochs, 3);
    const metrics = readFileSync(at("metrics.jsonl"), "utf8").trim().split("\n");
    assert.deepEqual(metrics.map((line) => (JSON.parse(line) as { epoch: number }).epoch), [1, 1, 2, 2, 3, 3]); // prettier-ignore
  });
});

/** A signal that fires after so many updates. */
function stopAt(last: number): Pick<TrainRequest, "signal" | "onProgress"> & { signal: AbortSignal } {
  const abort = new AbortController();
  return { signal: abort.signal, onProgress: ({ step }) => step >= last && abort.abort("stop") };
}
