import { availableParallelism } from "node:os";
import path from "node:path";
import { Command, Option } from "commander";
import { packageRoot } from "../native/load.js";
import { caseStudyCommand } from "./bench-case-study.js";
import { experimentsCommand } from "./bench-experiments.js";
import { gpuCommand } from "./bench-gpu.js";
import { benchModule } from "./bench-module.js";
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
      "corpus of the epoch, vote and quantisation trials; folder of corpora (conll2003, politics, …) of the precision trial",
      path.join(packageRoot, "examples/data/politics"),
    );
  return withJson(command).action(async (names: string[], flags: BenchFlags) => {
    const bench = benchModule<BenchModule>(
      "run.js",
      "benchmarks are",
      "Clone the repository, run `npm ci` there, then `npm run bench`",
    );
    if (flags.list) {
      const known = bench.trials();
      if (flags.json) return printJson(known);
      await print(known.map(({ id, title }) => `${id.padEnd(12)} ${title}\n`).join(""));
      return;
    }
    const wanted = flags.only === undefined ? names : [flags.only];
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
