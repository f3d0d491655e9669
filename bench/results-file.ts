import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { drawChart } from "./chart.js";
import type { TrialResult } from "./trial.js";

/** A trial's result and the circumstances. */
export interface KeptResult extends TrialResult {
  title: string;
  version: string;
  /** Load average of one minute before the trial: above 0.5 others were at work, and only ratios mean something. */
  load: number;
}

export interface Results {
  /** Or the CUDA device. */
  processor: string;
  /** By trial and, on a processor, threads, such as "train-step, 2 threads". */
  results: Record<string, KeptResult>;
}

/** Adds results to the file of this kind of processor in a folder, and draws all of it anew beside it. */
export function keepResults({ processor, results }: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const base = path.join(folder, processor.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase());
  const merged = { processor, results: { ...readResults(`${base}.json`), ...results } };
  writeFileSync(`${base}.json`, JSON.stringify(merged, null, 2) + "\n");
  writeFileSync(`${base}.svg`, drawChart(merged));
}

/** Results of trials that were not run this time stay. */
function readResults(file: string): Results["results"] {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as Results).results;
  } catch {
    return {};
  }
}
