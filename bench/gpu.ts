import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadAddon, packageRoot } from "../lib/native/load.js";
import { version } from "../lib/version.js";
import { machineOf, processorKind } from "./machine.js";
import type { Results } from "./results-file.js";
import { chooseTrials, runTrials } from "./run.js";

const ops = ["--grep", "kernels against references cuda", "dist/test/graph/ops.test.js"];

/** Tests that compare a CUDA device with references and with the processor, and what they run beside. */
const suites: { name: string; tests: string[]; environment?: Record<string, string> }[] = [
  { name: "every op against its float64 reference", tests: ops },
  { name: "every op, products by tiles of our own", tests: ops, environment: { CDLM_CUBLAS: "off" } },
  {
    name: "every op in bf16",
    tests: ["--grep", "at precision bf16 cuda", "dist/test/graph/ops-bf16.test.js"],
  },
  {
    name: "devices, memory, failures",
    tests: ["dist/test/cuda/device.test.js", "dist/test/cuda/failures.test.js"],
  },
  {
    name: "five steps of training and adapting against the processor",
    tests: ["dist/test/cuda/training.test.js"],
  },
];

interface Check {
  name: string;
  passed: number;
  failed: number;
  /** Tests that need the emulated device. */
  skipped: number;
  seconds: number;
  /** Title and message of each test that failed. */
  failures: string[];
}

export interface GpuReport {
  version: string;
  commit: string;
  date: string;
  device: string;
  driver: string;
  processor: string;
  checks: Check[];
  trials: Results["results"];
}

export interface GpuRequest {
  trials: readonly string[];
  /** The file of the report, written anew after every suite and trial. */
  out: string;
  /** Folder that keeps the results of trials. */
  results: string;
  log: (line: string) => void;
}

/**
 * All that only a machine with a GPU can show: the tests on the device, then trials against PyTorch where
 * CDLM_BENCH_PYTHON names a Python that has it. Throws DEVICE_UNAVAILABLE with the reason where there is no device,
 * INVALID_OPTION for an unknown trial.
 */
export async function checkGpu({ trials, out, results, log }: GpuRequest): Promise<GpuReport> {
  const chosen = trials.length === 0 ? [] : chooseTrials(trials, "cuda");
  const report = await describeMachine();
  const keep = () => writeFileSync(out, JSON.stringify(report, null, 2) + "\n");
  for (const suite of suites) {
    log(suite.name);
    report.checks.push(runSuite(suite));
    keep();
  }
  for (const { id } of chosen) {
    const context = { threads: os.availableParallelism(), device: "cuda", data: "", results } as const;
    Object.assign(report.trials, (await runTrials([id], context)).report.results);
    keep();
  }
  return report;
}

async function describeMachine(): Promise<GpuReport> {
  const device = await machineOf("cuda");
  return {
    version,
    commit: execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: packageRoot,
      encoding: "utf8",
    }).trim(),
    date: new Date().toISOString(),
    device,
    driver: loadAddon().cudaDevices().driver,
    processor: processorKind(),
    checks: [],
    trials: {},
  };
}

interface MochaReport {
  stats: { passes: number; failures: number; pending: number; duration: number };
  failures: { fullTitle: string; err: { message?: string } }[];
}

/** A suite that ends without a report, because the process died, counts as one failure. */
function runSuite({ name, tests, environment }: (typeof suites)[number]): Check {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cdlm-gpu-"));
  const output = path.join(folder, "report.json");
  const mocha = [
    "node_modules/mocha/bin/mocha.js",
    ...["--no-config", "--enable-source-maps", "--timeout", "300000"],
    ...["--reporter", "json", "--reporter-option", `output=${output}`],
  ];
  try {
    const { status, signal } = spawnSync(process.execPath, [...mocha, ...tests], { cwd: packageRoot, env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] }); // prettier-ignore
    const found = readReport(output);
    if (!found) return { name, passed: 0, failed: 1, skipped: 0, seconds: 0, failures: [`ended with ${signal ?? status}`] }; // prettier-ignore
    const { passes: passed, failures: failed, pending: skipped, duration } = found.stats;
    const failures = found.failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message ?? ""}`);
    return { name, passed, failed, skipped, seconds: duration / 1000, failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): MochaReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as MochaReport;
  } catch {
    return undefined;
  }
}

/** A line for each check and failure. */
export function describeChecks({ device, driver, checks }: GpuReport): string {
  const lines = checks.flatMap(({ name, passed, failed, skipped, seconds, failures }) => [
    `${failed === 0 && passed > 0 ? "✓" : "✗"} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds.toFixed(0)} s`,
    ...failures.map((failure) => `    ${failure}`),
  ]);
  return [`${device}, driver of CUDA ${driver}`, ...lines, ""].join("\n");
}

/** True if every check ran and passed. */
export const passes = ({ checks }: GpuReport): boolean =>
  checks.every(({ passed, failed }) => passed > 0 && failed === 0);
