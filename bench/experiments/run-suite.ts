import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { CdlmError } from "../../lib/errors.js";
import type { DeviceOptions } from "../../lib/native/create-engine.js";
import { packageRoot } from "../../lib/native/load.js";
import type { TrainingProgress } from "../../lib/training/progress.js";
import { Domains } from "./domains.js";
import { execute, workOf, type Bench } from "./execute.js";
import { duration, secondsFor } from "./pace.js";
import { pendingTasks, recordFor, type Task } from "./recorded.js";
import { ResultsFile } from "./results-file.js";
import type { RunRecord } from "./run-record.js";
import { chosenRuns, runsOf, type Run } from "./runs.js";
import { sourceConfig, sourceModel } from "./source-model.js";
import type { DomainName, Suite } from "./suite.js";

export interface SuiteRequest {
  /** Folder with a folder for each domain. */
  data?: string;
  /** Folder of the encoder that the source model starts from. */
  encoder?: string;
  /** Ids of runs; default: all. */
  only?: string[];
  /** Folder of the results files; default: bench/results/experiments. */
  results?: string;
  /** Folder of source models and unfinished runs; default: .cache/experiments. */
  cache?: string;
  device: DeviceOptions;
  signal?: AbortSignal;
  /** Progress of a training, and lines for a person. */
  onProgress: (progress: TrainingProgress) => void;
  log: (line: string) => void;
}

export const resultsFolder = path.join(packageRoot, "bench/results/experiments");

/**
 * Runs whatever of a suite is not recorded yet. A run that fails is reported and the others go on.
 * @returns all that is recorded, and the ids of the runs that failed
 * @throws CdlmError INVALID_OPTION without data or encoder; the signal's reason when aborted
 */
export async function runSuite(
  suite: Suite,
  request: SuiteRequest,
): Promise<{ recorded: readonly RunRecord[]; failed: string[] }> {
  const { log } = request;
  const chosen = chosenRuns(runsOf(suite), request.only);
  const domains = new Domains(required("data", request.data));
  const results = await openResults(suite, request);
  const { runs, failed } = await withData(suite, chosen, domains, log);
  if (runs.length === 0) return { recorded: results.records, failed };
  const bench = await prepare(suite, request, domains, required("encoder", request.encoder));
  const pending = await pendingTasks(runs, bench, results, log);
  const missing = pending.flatMap((task) => task.runs).length;
  if (runs.length > missing) log(`${runs.length - missing} of ${runs.length} runs are recorded`);
  for (const [k, task] of pending.entries()) {
    request.signal?.throwIfAborted();
    const left = secondsFor(pending.slice(k).map(({ runs: [run] }) => run), results.records); // prettier-ignore
    const time = left === undefined ? "" : `, about ${duration(left)} left`;
    log(`run ${k + 1} of ${pending.length}: ${task.runs[0].id}${time}`);
    if (!(await attempt(task, bench, results, request))) failed.push(...task.runs.map(({ id }) => id));
  }
  return { recorded: results.records, failed };
}

/** Executes a run and records it. @returns false for one that failed, after saying why */
async function attempt(
  task: Task,
  bench: Bench,
  results: ResultsFile,
  { signal, onProgress, log }: SuiteRequest,
) {
  try {
    const record = await execute(task.runs[0], bench, onProgress);
    await recordFor(task, record, results);
    await rm(workOf(bench, task.fingerprint), { recursive: true, force: true });
    log(`  dev F1 ${record.dev.f1.toFixed(2)}, test F1 ${record.test.f1.toFixed(2)}, ${duration(record.seconds.total)}`); // prettier-ignore
    return true;
  } catch (error) {
    if (signal?.aborted || !(error instanceof CdlmError)) throw error;
    log(`  failed: ${error.message}`);
    return false;
  }
}

async function openResults(suite: Suite, { results, log }: SuiteRequest): Promise<ResultsFile> {
  const file = await ResultsFile.open(results ?? resultsFolder, suite.name);
  if (file.cut > 0) log(`${file.file}: an unfinished last line was cut off; its run is run again`);
  return file;
}

function required(name: "data" | "encoder", folder: string | undefined): string {
  const hint = { data: "a folder with conll2003, politics, …", encoder: "a folder of a BERT encoder" }[name];
  if (folder === undefined) throw new CdlmError("INVALID_OPTION", `--${name} is missing`, { expected: hint });
  if (!existsSync(folder))
    throw new CdlmError("FILE_NOT_FOUND", "is missing", { file: folder, expected: hint });
  return folder;
}

/** The runs whose data are there; those whose data cannot be read have failed. */
async function withData(
  { source }: Suite,
  chosen: readonly Run[],
  domains: Domains,
  log: (line: string) => void,
): Promise<{ runs: Run[]; failed: string[] }> {
  const ofSource = await domains.trouble(source, "train");
  if (ofSource instanceof CdlmError) throw ofSource;
  if (ofSource) log(`skipped: all runs, for the source ${source} is not in ${domains.folder}`);
  const troubles = new Map<DomainName, CdlmError | "missing" | undefined>();
  for (const domain of new Set(ofSource ? [] : chosen.map((run) => run.domain))) {
    const trouble = await domains.trouble(domain, "test");
    troubles.set(domain, trouble);
    if (trouble === "missing") log(`skipped: ${domain} is not in ${domains.folder}`);
    else if (trouble) log(`failed: all runs on ${domain}: ${trouble.message}`);
  }
  const those = (fits: (trouble: CdlmError | "missing" | undefined) => boolean) =>
    chosen.filter(({ domain }) => troubles.has(domain) && fits(troubles.get(domain)));
  return {
    runs: those((trouble) => trouble === undefined),
    failed: those((trouble) => trouble instanceof CdlmError).map(({ id }) => id),
  };
}

async function prepare(
  suite: Suite,
  request: SuiteRequest,
  domains: Domains,
  encoder: string,
): Promise<Bench> {
  const { cache = path.join(packageRoot, ".cache/experiments"), device, signal, onProgress, log } = request;
  const { source, sourceOptions: options } = suite;
  const given = {
    encoder,
    domains,
    source,
    options,
    cache,
    device,
    onProgress,
    ...(signal ? { signal } : {}),
  };
  log(`source model: ${source}`);
  const folder = await sourceModel(given);
  return {
    ...{ suite, domains, source: folder, sourceConfig: await sourceConfig(given), work: cache, device },
    ...(signal ? { signal } : {}),
  };
}
