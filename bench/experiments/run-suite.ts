import { existsSync } from "node:fs";
import path from "node:path";
import { CdlmError } from "../../lib/errors.js";
import type { DeviceOptions } from "../../lib/native/create-engine.js";
import { packageRoot } from "../../lib/native/load.js";
import type { TrainingProgress } from "../../lib/training/progress.js";
import { Domains, hasDomain } from "./domains.js";
import { configOf, execute, type Bench } from "./execute.js";
import { fingerprintOf } from "./fingerprint.js";
import { duration, secondsFor } from "./pace.js";
import { recordsBeside, ResultsFile, type RunRecord } from "./results-file.js";
import { chosenRuns, runsOf, type Run } from "./runs.js";
import { sourceConfig, sourceModel } from "./source-model.js";
import type { Suite } from "./suite.js";

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
 * @returns the results, and the ids of the runs that failed
 * @throws CdlmError INVALID_OPTION without data or encoder; the signal's reason when aborted
 */
export async function runSuite(
  suite: Suite,
  request: SuiteRequest,
): Promise<{ results: ResultsFile; failed: string[] }> {
  const { data, encoder, signal, log } = request;
  const chosen = chosenRuns(runsOf(suite), request.only);
  const results = await openResults(suite, request);
  const folder = required("data", data);
  const runs = withData(suite, chosen, folder, log);
  const bench =
    runs.length > 0 ? await prepare(suite, request, folder, required("encoder", encoder)) : undefined;
  const failed: string[] = [];
  const pending = bench ? await withoutRecorded(runs, bench, results) : [];
  if (runs.length > pending.length)
    log(`${runs.length - pending.length} of ${runs.length} runs are recorded`);
  for (const [k, run] of pending.entries()) {
    signal?.throwIfAborted();
    const left = secondsFor(pending.slice(k), results.records.values());
    log(
      `run ${k + 1} of ${pending.length}: ${run.id}${left === undefined ? "" : `, about ${duration(left)} left`}`,
    );
    try {
      const record = await execute(run, bench!, request.onProgress);
      await results.add(record);
      log(`  dev F1 ${record.dev.f1.toFixed(2)}, test F1 ${record.test.f1.toFixed(2)}, ${duration(record.seconds.total)}`); // prettier-ignore
    } catch (error) {
      if (signal?.aborted || !(error instanceof CdlmError)) throw error;
      failed.push(run.id);
      log(`  failed: ${error.message}`);
    }
  }
  return { results, failed };
}

/** The file of a suite's results; what a killed run left unfinished in it is said and gone. */
export async function openResults(suite: Suite, { results, log }: Pick<SuiteRequest, "results" | "log">) {
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

function withData({ source }: Suite, runs: readonly Run[], data: string, log: (line: string) => void): Run[] {
  if (!hasDomain(data, source)) {
    log(`skipped: all runs, for the source ${source} is not in ${data}`);
    return [];
  }
  const missing = new Set(runs.map(({ domain }) => domain).filter((domain) => !hasDomain(data, domain)));
  for (const domain of missing) log(`skipped: ${domain} is not in ${data}`);
  return runs.filter(({ domain }) => !missing.has(domain));
}

async function prepare(suite: Suite, request: SuiteRequest, data: string, encoder: string): Promise<Bench> {
  const { cache = path.join(packageRoot, ".cache/experiments"), device, signal, onProgress, log } = request;
  const domains = new Domains(data);
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

/** Runs that are to do. What another suite, or another row, has recorded of the same configuration is recorded here too. */
async function withoutRecorded(runs: readonly Run[], bench: Bench, results: ResultsFile): Promise<Run[]> {
  const answers = ({ probes }: RunRecord) => !bench.suite.probed || probes !== undefined;
  const known = [...(await recordsBeside(results)), ...results.records.values()].filter(answers);
  const same = new Map(known.map((record) => [record.fingerprint, record]));
  const pending: Run[] = [];
  for (const run of runs) {
    const fingerprint = fingerprintOf(await configOf(run, bench));
    const own = results.records.get(run.id);
    const other = same.get(fingerprint);
    if (own?.fingerprint === fingerprint && answers(own)) continue;
    if (other) await results.add({ ...other, id: run.id });
    else pending.push(run);
  }
  return pending;
}
