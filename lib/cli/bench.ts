import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Command, Option } from "commander";
import { CdlmError } from "../errors.js";
import { packageRoot } from "../native/load.js";
import { caseStudyCommand } from "./bench-case-study.js";
import { experimentsCommand } from "./bench-experiments.js";
import { gpuCommand } from "./bench-gpu.js";
import { wholeNumber, withJson } from "./common-options.js";
import { print, printJson } from "./print.js";

interface BenchFlags {
  list?: boolean;
  only?: string;
  threads?: number;
  device: "cpu" | "cuda";
  results: string;
  data: string;
  json?: boolean;
}

/** The runner of bench/, which is not in the published package. */
interface BenchModule {
  trials(): { id: string; title: string }[];
  runTrials(
    ids: readonly string[],
    context: { threads: number; device: "cpu" | "cuda"; data: string; results: string },
  ): Promise<{ report: unknown; text: string }>;
}

export function benchCommand(): Command {
  const command = new Command("bench")
    .description("run benchmarks (in a clone of the repository)")
    .enablePositionalOptions()
    .addCommand(experimentsCommand().exitOverride())
    .addCommand(caseStudyCommand().exitOverride())
    .addCommand(gpuCommand().exitOverride())
    .argument("[trials...]", "trials to run; default: all")
    .option("--list", "list the trials")
    .option("--only <id>", "run this trial only")
    .option("--threads <n>", "threads (default: all cores)", wholeNumber)
    .addOption(
      new Option("--device <device>", "where to compute, PyTorch too; CUDA_VISIBLE_DEVICES names the GPU")
        .choices(["cpu", "cuda"])
        .default("cpu"),
    )
    .option("--results <dir>", "folder that keeps the results", path.join(packageRoot, "bench/results"))
    .option(
      "--data <dir>",
      "corpus of the epoch trial; folder of corpora (conll2003, politics, …) of the precision trial",
      path.join(packageRoot, "examples/data/politics"),
    );
  return withJson(command).action(async (names: string[], flags: BenchFlags) => {
    const bench = loadBench();
    const known = bench.trials();
    if (flags.list) {
      if (flags.json) return printJson(known);
      await print(known.map(({ id, title }) => `${id.padEnd(12)} ${title}\n`).join(""));
      return;
    }
    const wanted = flags.only === undefined ? names : [flags.only];
    const unknown = wanted.filter((id) => !known.some((trial) => trial.id === id));
    if (unknown.length > 0)
      throw new CdlmError("INVALID_OPTION", "unknown trial", {
        expected: known.map(({ id }) => id).join(", "),
        received: unknown.join(", "),
      });
    const { report, text } = await bench.runTrials(wanted, {
      threads: flags.threads ?? availableParallelism(),
      device: flags.device,
      data: flags.data,
      results: flags.results,
    });
    if (flags.json) await printJson(report);
    else await print(text);
  });
}

function loadBench(): BenchModule {
  const runner = path.join(packageRoot, "dist/bench/run.js");
  if (!existsSync(runner))
    throw new CdlmError("FILE_NOT_FOUND", "benchmarks are not part of the published package", {
      hint: "Clone the repository, run `npm ci` there, then `npm run bench`",
    });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- absent in the published package
  return require(runner) as BenchModule;
}
