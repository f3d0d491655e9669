import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { CdlmError } from "../lib/errors.js";
import { writeJsonAtomically, writeTextAtomically } from "../lib/files/atomic-file.js";
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

/**
 * Adds results to the file of this kind of processor in a folder, and draws all of it anew beside it.
 * @throws CdlmError FILE_INVALID for a file that cannot be read, which stays as it is; FILE_WRITE_FAILED
 */
export async function keepResults({ processor, results }: Results, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const base = path.join(folder, processor.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase());
  const merged = { processor, results: { ...(await readResults(`${base}.json`)), ...results } };
  await writeJsonAtomically(`${base}.json`, merged);
  await writeTextAtomically(`${base}.svg`, drawChart(merged));
}

/** Results of trials that were not run this time stay. */
async function readResults(file: string): Promise<Results["results"]> {
  if (!existsSync(file)) return {};
  try {
    return (JSON.parse(await readFile(file, "utf8")) as Results).results;
  } catch (cause) {
    throw new CdlmError("FILE_INVALID", "earlier results cannot be read", {
      file,
      cause,
      hint: "Move the file away, and measure again",
    });
  }
}
