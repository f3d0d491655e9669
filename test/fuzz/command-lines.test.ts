import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommanderError, type Command } from "commander";
import fc from "fast-check";
import { createProgram } from "../../lib/cli/program.js";
import { temporaryFolder, writeSmallData } from "../support/small-data.js";
import { itSurvives } from "./fuzz.js";

const words = ["train", "adapt", "predict", "evaluate", "doctor", "help", "models", "pull", "bench", "tran"];
const flags = [
  ...["--encoder", "--model", "--data", "--out", "--config", "--epochs", "--seed", "--few-shot", "--draw"],
  ...["--resume", "--json", "--device", "--threads", "--precision", "--method", "--input", "--format"],
  ...[
    "--batch-pieces",
    "--help",
    "--version",
    "--list",
    "--only",
    "--",
    "-",
    "-h",
    "--no-json",
    "--epochs=2",
  ],
];
const values = ["cpu", "cuda", "reference", "fp32", "bf16", "jsonl", "0", "1", "-1", "2", "1e3", "9".repeat(30), "", " ", "NaN"]; // prettier-ignore
const complete: Record<string, string[]> = {
  train: ["--encoder", "none", "--data", "data", "--out", "out"],
  adapt: ["--model", "none", "--data", "data", "--out", "out"],
  predict: ["--model", "none"],
  evaluate: ["--model", "none", "--data", "data/dev.txt"],
};

/** In the folder of `files` only, and none of them is a model: no command comes as far as to write. */
const files = ["none", "data", "data/train.txt", "good.json", "odd.json", "broken.json", "out", "\u0000"];
const token = fc.oneof(fc.constantFrom(...words, ...flags), fc.constantFrom(...values, ...files), fc.string({ maxLength: 6 })); // prettier-ignore
const anyLine = fc.array(token, { maxLength: 10 });
const nearlyRight = fc
  .tuple(fc.constantFrom(...Object.keys(complete)), fc.array(token, { maxLength: 5 }))
  .map(([command, more]) => [command, ...complete[command]!, ...more]);

describe("command lines that anybody may have typed", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let cwd = "";
  before(async () => {
    folder = await temporaryFolder();
    cwd = process.cwd();
    await writeSmallData(path.join(folder.path, "data"), "politics", { train: 3, dev: 2 });
    await mkdir(path.join(folder.path, "none"));
    await writeFile(path.join(folder.path, "good.json"), '{"epochs": 2}');
    await writeFile(path.join(folder.path, "odd.json"), '{"epochs": "two"}');
    await writeFile(path.join(folder.path, "broken.json"), '{"epochs":');
    process.chdir(folder.path);
  });
  after(async () => {
    process.chdir(cwd);
    await folder[Symbol.asyncDispose]();
  });

  itSurvives("of words, flags and values in any order", anyLine, runs, 5);
  itSurvives("that are complete but for some words too many", nearlyRight, runs, 5);
});

/** Wrong usage may be told by commander, too. */
async function runs(args: string[]): Promise<void> {
  try {
    await quiet(createProgram()).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  } finally {
    process.exitCode = undefined;
  }
}

/** Prints nothing; commands that download or measure are parsed and not done. */
function quiet(program: Command): Command {
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const command of program.commands) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (["pull", "models", "bench", "doctor"].includes(command.name())) command.action(() => {});
  }
  return program;
}
