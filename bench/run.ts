import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { CdlmError } from "../lib/errors.js";
import { packageRoot } from "../lib/native/load.js";
import { table } from "../lib/report/table.js";
import { version } from "../lib/version.js";
import type { Trial, TrialResult } from "./trial.js";
import { trial as forward } from "./trials/forward.js";
import { trial as kernels } from "./trials/kernels.js";
import { trial as trainStep } from "./trials/train-step.js";

const all: readonly Trial[] = [kernels, trainStep, forward];

export const trials = (): Trial[] => [...all];

/** Runs trials one after another (all, if none is named) and keeps the report under bench/results. */
export async function runTrials(
  ids: readonly string[],
  threads: number,
): Promise<{ report: unknown; text: string }> {
  const chosen = ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
  const unlock = lockMachine();
  try {
    const machine = {
      processor: cpus()[0]?.model.trim() ?? "unknown",
      threads,
      load: loadavg()[0]!,
      version,
    };
    const results: Record<string, TrialResult> = {};
    for (const trial of chosen) {
      process.stderr.write(`${trial.title}\n`);
      results[trial.id] = await trial.run({
        threads,
        log: (line) => void process.stderr.write(`  ${line}\n`),
      });
    }
    const report = { machine, results };
    const folder = path.join(packageRoot, "bench/results");
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${machine.processor.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase()}.json`);
    writeFileSync(file, JSON.stringify(merged(file, report), null, 2) + "\n");
    const busy =
      machine.load > 0.5
        ? `load average ${machine.load.toFixed(2)}: others were at work, judge by ratios only\n`
        : "";
    return { report, text: busy + chosen.map((trial) => describe(trial, results[trial.id]!)).join("\n") };
  } finally {
    unlock();
  }
}

/** Results of trials that were not run this time stay in the file. */
function merged(file: string, report: { machine: object; results: object }): object {
  try {
    const before = JSON.parse(readFileSync(file, "utf8")) as { results: object };
    return { ...report, results: { ...before.results, ...report.results } };
  } catch {
    return report;
  }
}

/** One benchmark at a time on a machine. */
function lockMachine(): () => void {
  const lock = path.join(tmpdir(), "cdlm-bench.lock");
  try {
    closeSync(openSync(lock, "wx"));
  } catch {
    throw new CdlmError("INVALID_STATE", "another benchmark is running on this machine", {
      hint: `If none is, remove ${lock}`,
    });
  }
  return () => rmSync(lock, { force: true });
}

function describe({ title }: Trial, { measurements, ratios, facts, missing }: TrialResult): string {
  const rows = measurements.map(({ name, median, min, max, rate }) => [
    name,
    median.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
    rate,
  ]);
  return [
    title,
    Object.entries(facts).map(([name, value]) => `${name}: ${value}`).join(", "), // prettier-ignore
    table(["", "median ms", "min–max", "rate"], rows),
    ...Object.entries(ratios).map(([name, ratio]) => `${name}: ${ratio.toFixed(2)}×`),
    ...missing.map((what) => `not measured: ${what}`),
    "",
  ].join("\n");
}
