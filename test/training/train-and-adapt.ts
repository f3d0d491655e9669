/**
 * A child process that trains a tiny tagger, adapts it to another domain, and may be killed at any moment: called again
 * with the same folder it goes on. Arguments: folder, threads, seconds between checkpoints.
 */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";

/**
 * Dropout, accumulation over uneven batches, averaged weights, dev scores in every epoch, and in adapting every part of the method and what is kept of the source with
 * its averages and pools: all that a resumed run must repeat.
 */
const options = {
  epochs: 4,
  batchSentences: 3,
  accumulate: 2,
  evaluateFrom: 0,
  averageDecay: 0.5,
  learningRate: 1e-3,
  headLearningRate: 1e-2,
};

/** `folder` holds the data folders `source` and `target`; the models come to `model` and `adapted`. */
async function trainAndAdapt(folder: string, threads: number, checkpointSeconds: number): Promise<void> {
  const at = (name: string) => path.join(folder, name);
  const common = { device: { threads }, resume: true };
  if (!existsSync(at("trained"))) {
    const request = { encoder: golden("tiny-bert"), data: at("source"), out: at("model") };
    await train({ ...request, ...common, options: { ...options, checkpointSeconds } });
    writeFileSync(at("trained"), "");
  }
  const request = {
    model: at("model"),
    data: at("target"),
    out: at("adapted"),
    method: "cdlm",
    keep: true,
  } as const;
  const objective = { interventions: { contexts: 0.25 } };
  await adapt({
    ...request,
    ...common,
    options: { ...options, preset: "paper", objective, epochs: 5, checkpointSeconds },
  });
}

const [folder, threads, checkpointSeconds] = process.argv.slice(2);
void trainAndAdapt(folder!, Number(threads), Number(checkpointSeconds));
