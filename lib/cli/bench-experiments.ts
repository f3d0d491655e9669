import { Command, Option } from "commander";
import type { DeviceOptions } from "../native/create-engine.js";
import type { TrainingProgress } from "../training/progress.js";
import { benchModule } from "./bench-module.js";
import { deviceOf, withDevice, withJson, type DeviceFlags } from "./common-options.js";
import { interruptible } from "./failure.js";
import { print, printJson } from "./print.js";
import { trainingBar } from "./training-bar.js";

interface ExperimentFlags extends DeviceFlags {
  list?: boolean;
  only?: string[];
  data?: string;
  encoder?: string;
  results?: string;
  cache?: string;
  table?: boolean;
  split: "dev" | "test";
  chart?: string;
  json?: boolean;
}

/** bench/experiments, which is not in the published package. */
interface ExperimentsModule {
  listSuites(): Promise<{ name: string; title: string; runs: number }[]>;
  listRuns(suite: string): Promise<{ id: string }[]>;
  experiments(
    suite: string,
    request: ExperimentRequest,
  ): Promise<{ report: unknown; text: string; failed: string[] }>;
}

interface ExperimentRequest extends Pick<
  ExperimentFlags,
  "only" | "data" | "encoder" | "results" | "cache" | "split" | "chart"
> {
  /** Shows what is recorded, and runs nothing. */
  tableOnly: boolean;
  device: DeviceOptions;
  signal: AbortSignal;
  onProgress: (progress: TrainingProgress) => void;
  log: (line: string) => void;
}

export function experimentsCommand(): Command {
  const command = new Command("experiments")
    .description("compare systems on several domains; runs that are recorded are not repeated")
    .argument("[suite]", "name of a suite, or its .json file; without it the suites are listed")
    .option("--list", "list the suite's runs")
    .option("--only <id...>", "run these runs only")
    .option("--data <dir>", "folder with a folder for each domain (conll2003, politics, …)")
    .option("--encoder <dir>", "folder of the BERT encoder that the source model starts from")
    .option("--results <dir>", "folder of the results (default: bench/results/experiments)")
    .option("--cache <dir>", "folder of source models and unfinished runs (default: .cache/experiments)")
    .option("--table", "show what is recorded, and run nothing")
    .addOption(new Option("--split <split>", "scores to show").choices(["dev", "test"]).default("test"))
    .option("--chart <file>", "also draw the table as SVG");
  return withJson(withDevice(command)).action(async (suite: string | undefined, flags: ExperimentFlags) => {
    const bench = benchModule<ExperimentsModule>(
      "experiments/index.js",
      "experiments are",
      "Clone the repository and run `npm ci` there",
    );
    if (suite === undefined) return show(flags, await bench.listSuites(), ({ name, title, runs }) => `${name.padEnd(16)} ${title} (${runs} runs)`); // prettier-ignore
    if (flags.list) return show(flags, await bench.listRuns(suite), ({ id }) => id);
    await run(bench, suite, flags);
  });
}

async function show<T>({ json }: ExperimentFlags, items: readonly T[], line: (item: T) => string) {
  if (json) await printJson(items);
  else await print(items.map((item) => `${line(item)}\n`).join(""));
}

async function run(
  bench: ExperimentsModule,
  suite: string,
  { table = false, json, ...flags }: ExperimentFlags,
) {
  const bar = trainingBar();
  const log = (line: string) => {
    bar.stop();
    process.stderr.write(`${line}\n`);
  };
  const request = { ...flags, tableOnly: table, device: deviceOf(flags), onProgress: bar.update, log };
  const { report, text, failed } = await interruptible(
    (signal) => bench.experiments(suite, { ...request, signal }).finally(() => bar.stop()),
    () => "Stopped. The same command goes on where it stopped.",
  );
  if (json) await printJson(report);
  else await print(text);
  if (failed.length > 0) process.exitCode = 1;
}
