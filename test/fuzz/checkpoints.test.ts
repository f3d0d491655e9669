import { readFileSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import type { Dataset } from "../../lib/data/dataset.js";
import { train, type TrainRequest } from "../../lib/trainer.js";
import { readCheckpoint } from "../../lib/training/checkpoint.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";
import { damage, jsonFragments } from "./damage.js";
import { itSurvives } from "./fuzz.js";
import { oddJson } from "./odd-json.js";

const state = {
  formatVersion: 1,
  tensors: "step-2-1-0.safetensors",
  fingerprint: { options: { seed: 1 }, version: "0.1.0" },
  epoch: 1,
  batch: 0,
  step: 2,
  best: { f1: 50, epoch: 1 },
  evaluatedEpoch: 1,
  evaluationsWithoutGain: 0,
  metricsBytes: 10,
};

describe("checkpoints that anybody may have written", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let data: Dataset;
  const at = (...names: string[]) => path.join(folder.path, ...names);
  const request = (out: string): TrainRequest => ({
    encoder: golden("tiny-bert"),
    data,
    out,
    options: { epochs: 2, batchSentences: 4, evaluateFrom: 0, checkpointSeconds: 0 },
    device: { threads: 1 },
  });

  before(async () => {
    folder = await temporaryFolder();
    data = await smallData("politics", { train: 8, dev: 2 });
    const abort = new AbortController();
    const onProgress = ({ step, phase }: { step: number; phase: string }) => {
      if (step === 3 && phase === "save") abort.abort("half way");
    };
    const run = train({ ...request(at("begun")), signal: abort.signal, onProgress });
    await run.catch((reason: unknown) => {
      if (reason !== "half way") throw reason;
    });
  });
  after(() => folder[Symbol.asyncDispose]());

  /** Resumes the run with other content in place of a file of its checkpoint. */
  async function resume(content: (checkpoint: SavedState) => [name: string, bytes: string | Uint8Array]) {
    await rm(at("damaged"), { recursive: true, force: true });
    await cp(at("begun"), at("damaged"), { recursive: true });
    const saved = JSON.parse(readFileSync(at("begun", "checkpoint", "state.json"), "utf8")) as SavedState;
    const [name, bytes] = content(saved);
    await writeFile(at("damaged", "checkpoint", name), bytes);
    await train({ ...request(at("damaged")), resume: true });
  }

  const read = async (json: string) => {
    await mkdir(at("parsed", "checkpoint"), { recursive: true });
    await writeFile(at("parsed", "checkpoint", "state.json"), json);
    await readCheckpoint(at("parsed"));
  };
  itSurvives("state.json, read", oddJson(state), read, 5);
  const numbers = fc.record({
    field: fc.constantFrom(...(["epoch", "batch", "step", "evaluatedEpoch", "metricsBytes"] as const)),
    value: fc.oneof(fc.nat(10), fc.constantFrom(2 ** 31, 2 ** 32 + 1, 2 ** 40, 2 ** 53 - 1)),
  });
  itSurvives(
    "state.json with other numbers, resumed",
    numbers,
    ({ field, value }) => resume((saved) => ["state.json", JSON.stringify({ ...saved, [field]: value })]),
    0.2,
  );
  const damageOfTensors = (change: (valid: Uint8Array) => Uint8Array) =>
    resume(({ tensors }) => [tensors, change(readFileSync(at("begun", "checkpoint", tensors)))]);
  itSurvives("damaged tensor files, resumed", damage(jsonFragments), damageOfTensors, 0.2);
});

interface SavedState {
  tensors: string;
}
