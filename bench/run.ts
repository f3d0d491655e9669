import { loadavg } from "node:os";
import { CdlmError } from "../lib/errors.js";
import { table } from "../lib/report/table.js";
import { version } from "../lib/version.js";
import { lockMachine, machineOf } from "./machine.js";
import { keepResults, type KeptResult, type Results } from "./results-file.js";
import type { Trial, TrialContext } from "./trial.js";
import { trial as align } from "./trials/align.js";
import { trial as bertStep } from "./trials/bert-step.js";
import { trial as coreTaken } from "./trials/core-taken.js";
import { trial as epoch } from "./trials/epoch.js";
import { trial as explain } from "./trials/explain.js";
import { trial as forward } from "./trials/forward.js";
import { trial as fusion } from "./trials/fusion.js";
import { trial as gemm } from "./trials/gemm.js";
import { trial as kernels } from "./trials/kernels.js";
import { trial as methodStep } from "./trials/method-step.js";
import { trial as precision } from "./trials/precision.js";
import { trial as quantisation } from "./trials/quantisation.js";
import { trial as trainStep } from "./trials/train-step.js";
import { trial as vote } from "./trials/vote.js";

const all: readonly Trial[] = [
  kernels,
  gemm,
  trainStep,
  bertStep,
  forward,
  epoch,
  methodStep,
  align,
  fusion,
  explain,
  coreTaken,
  precision,
  vote,
  quantisation,
];

export const trials = (): Trial[] => [...all];

/**
 * Runs trials one after another (if none is named, all of the device but those on request) and keeps the report in the
 * folder of results. Throws INVALID_OPTION for a trial that the device does not have, DEVICE_UNAVAILABLE without one.
 */
export async function runTrials(
  ids: readonly string[],
  { results, ...context }: Omit<TrialContext, "log"> & { results: string },
): Promise<{ report: Results; text: string }> {
  const chosen = chooseTrials(ids, context.device);
  const machine = await machineOf(context.device);
  const unlock = lockMachine();
  try {
    const report: Results = { processor: machine, results: {} };
    for (const trial of chosen) {
      process.stderr.write(`${trial.title}\n`);
      const load = loadavg()[0]!;
      const log = (line: string) => void process.stderr.write(`  ${line}\n`);
      const result = await trial.run({ ...context, log });
      report.results[keyOf(trial, context)] = { title: trial.title, version, load, ...result };
      await keepResults(report, results);
    }
    return { report, text: Object.values(report.results).map(describe).join("\n") };
  } finally {
    unlock();
  }
}

/** Those of the device that are named, or if none is, all but those on request. Throws INVALID_OPTION. */
export function chooseTrials(ids: readonly string[], device: TrialContext["device"]): Trial[] {
  const possible = all.filter(({ onCuda }) => device === "cpu" || onCuda);
  const impossible = ids.filter((id) => !possible.some((trial) => trial.id === id));
  if (impossible.length > 0)
    throw new CdlmError(
      "INVALID_OPTION",
      device === "cpu" ? "unknown trial" : "there is no such trial on cuda",
      {
        expected: possible.map(({ id }) => id).join(", "),
        received: impossible.join(", "),
      },
    );
  return possible.filter(({ id, onRequest }) => (ids.length === 0 ? !onRequest : ids.includes(id)));
}

function keyOf({ id }: Trial, { device, threads }: Pick<TrialContext, "device" | "threads">): string {
  return device === "cpu" ? `${id}, ${threads} thread${threads > 1 ? "s" : ""}` : id;
}

function describe({ title, load, measurements, ratios, facts, missing }: KeptResult): string {
  const rows = measurements.map(({ name, group, median, min, max, rate }) => [
    group === undefined ? name : `${group}: ${name}`,
    median.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
    rate,
  ]);
  return [
    title,
    ...(load > 0.5 ? [`load average ${load.toFixed(2)}: others were at work, judge by ratios only`] : []),
    Object.entries(facts).map(([name, value]) => `${name}: ${value}`).join(", "), // prettier-ignore
    table(["", "median ms", "min–max", "rate"], rows),
    ...Object.entries(ratios).map(([name, ratio]) => `${name}: ${ratio.toFixed(2)}×`),
    ...missing.map((what) => `not measured: ${what}`),
    "",
  ].join("\n");
}
