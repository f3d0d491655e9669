import path from "node:path";
import { Command } from "commander";
import { packageRoot } from "../native/load.js";
import { benchModule } from "./bench-module.js";
import { withJson } from "./common-options.js";
import { print, printJson } from "./print.js";

interface GpuFlags {
  trials: string;
  out: string;
  results: string;
  json?: boolean;
}

/** bench/gpu, which is not in the published package. */
interface GpuModule {
  checkGpu(request: {
    trials: readonly string[];
    out: string;
    results: string;
    log: (line: string) => void;
  }): Promise<unknown>;
  describeChecks(report: unknown): string;
  passes(report: unknown): boolean;
}

export function gpuCommand(): Command {
  const command = new Command("gpu")
    .description(
      "check the CUDA kernels on this machine's GPU, and compare them with PyTorch; one JSON file has all",
    )
    .option("--trials <ids>", "trials to run after the checks, by commas", "train-step,forward,fusion,align")
    .option("--out <file>", "the report", path.join(packageRoot, "bench/results/gpu.json"))
    .option(
      "--results <dir>",
      "folder that keeps the trials' results",
      path.join(packageRoot, "bench/results"),
    );
  return withJson(command).action(async (flags: GpuFlags) => {
    const bench = benchModule<GpuModule>(
      "gpu.js",
      "the checks of a GPU are",
      "Clone the repository and run `.ci/gpu` there",
    );
    const trials = flags.trials.split(",").filter((id) => id !== "");
    const log = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await bench.checkGpu({ trials, out: flags.out, results: flags.results, log });
    if (flags.json) await printJson(report);
    else await print(bench.describeChecks(report));
    if (!bench.passes(report)) process.exitCode = 1;
  });
}
