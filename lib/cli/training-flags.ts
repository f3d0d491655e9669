import { existsSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { CdlmError } from "../errors.js";
import { trainingOptionsSchema, type TrainingOptionsInput } from "../training/options.js";
import type { TrainingReport, TrainingRequest } from "../training/run-training.js";
import { deviceOf, wholeNumber, withDevice, withJson, type DeviceFlags } from "./common-options.js";
import { readConfig } from "./config-file.js";
import { interruptible } from "./failure.js";
import { printJson } from "./print.js";
import { trainingBar } from "./training-bar.js";

export interface TrainingFlags extends DeviceFlags {
  data: string;
  out: string;
  config?: string;
  epochs?: number;
  seed?: number;
  resume?: boolean;
  fewShot?: number;
  draw?: number;
  json?: boolean;
}

/** What `train` and `adapt` share. */
export function withTrainingFlags(command: Command): Command {
  command
    .requiredOption("--data <dir>", "folder with train.txt, dev.txt (or .jsonl)")
    .requiredOption("--out <dir>", "folder of the new model")
    .option("--config <file>", "JSON file of training options; flags win over it")
    .option("--epochs <n>", "passes over the training data", wholeNumber)
    .option("--seed <n>", "seed of everything random", wholeNumber)
    .option("--few-shot <k>", "train on a draw of k mentions of each type", wholeNumber)
    .option("--draw <n>", "seed of the few-shot draw (default: 1)", wholeNumber)
    .option("--resume", "go on from the checkpoint in --out");
  return withJson(withDevice(command));
}

/** Options of the config file with the flags over them. */
export async function trainingOptions({
  config,
  epochs,
  seed,
}: TrainingFlags): Promise<TrainingOptionsInput> {
  const fromFile = config === undefined ? {} : await readConfig(config, trainingOptionsSchema);
  return {
    ...fromFile,
    ...(epochs === undefined ? {} : { epochs }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Runs a training with progress, Ctrl-C and a report. */
export async function runWithProgress(
  flags: TrainingFlags,
  start: (request: TrainingRequest) => Promise<TrainingReport>,
): Promise<void> {
  if (flags.draw !== undefined && flags.fewShot === undefined)
    throw new CdlmError("INVALID_OPTION", "--draw is the seed of --few-shot, which is missing");
  const bar = trainingBar();
  const { data, out, resume = false, fewShot: shots, draw = 1 } = flags;
  const fewShot = shots === undefined ? {} : { fewShot: { shots, draw } };
  const request = { data, out, resume, device: deviceOf(flags), onProgress: bar.update, ...fewShot };
  const work = (signal: AbortSignal) => start({ ...request, signal }).finally(() => bar.stop());
  const report = await interruptible(work, () => howToGoOn(out));
  if (flags.json) await printJson(report);
  else process.stderr.write(summary(report));
}

function howToGoOn(out: string): string {
  if (!existsSync(path.join(out, "checkpoint/state.json"))) return "Stopped before the first step.";
  return `Stopped. A checkpoint is in ${out}; the same command with --resume goes on from it.`;
}

function summary({
  model,
  devF1,
  epoch,
  steps,
  seconds,
  piecesPerSecond,
  fewShot,
  kept,
}: TrainingReport): string {
  const scored =
    devF1 === null ? "no dev data, last epoch kept" : `dev F1 ${devF1.toFixed(2)} at epoch ${epoch}`;
  const pace = `${steps} steps in ${seconds.toFixed(0)} s, ${Math.round(piecesPerSecond)} pieces/s`;
  const short = fewShot?.filter((type) => type.short).map(({ type, drawn }) => `${type} (${drawn})`) ?? [];
  const note = short.length > 0 ? `Fewer mentions than asked for: ${short.join(", ")}\n` : "";
  const keeps = kept ? `Still knows ${kept.join(", ")}: predict --types all\n` : "";
  return `${note}Model in ${model}: ${scored}; ${pace}\n${keeps}`;
}
