import type { Bench } from "./execute.js";
import { configOf } from "./config.js";
import { fingerprintOf } from "./fingerprint.js";
import { recordsBeside, type ResultsFile } from "./results-file.js";
import type { RunRecord } from "./run-record.js";
import type { Run } from "./runs.js";

/** Runs of one configuration: what one of them gives is the record of all. */
export interface Task {
  fingerprint: string;
  runs: [Run, ...Run[]];
}

/**
 * What is still to do. Whatever another suite, or another row, has recorded of a configuration is recorded here too.
 * @param log lines for a person
 */
export async function pendingTasks(
  runs: readonly Run[],
  bench: Bench,
  results: ResultsFile,
  log: (line: string) => void,
): Promise<Task[]> {
  const answers = ({ probes }: RunRecord) => !bench.suite.probed || probes !== undefined;
  const known = [...(await recordsBeside(results, log)), ...results.records].filter(answers);
  const byFingerprint = new Map(known.map((record) => [record.fingerprint, record]));
  const pending: Task[] = [];
  for (const task of await tasksOf(runs, bench)) {
    const record = byFingerprint.get(task.fingerprint);
    if (record) await recordFor(task, record, results);
    else pending.push(task);
  }
  return pending;
}

async function tasksOf(runs: readonly Run[], bench: Bench): Promise<Task[]> {
  const tasks = new Map<string, Task>();
  for (const run of runs) {
    const fingerprint = fingerprintOf(await configOf(run, bench));
    const task = tasks.get(fingerprint);
    if (task) task.runs.push(run);
    else tasks.set(fingerprint, { fingerprint, runs: [run] });
  }
  return [...tasks.values()];
}

/** Records what one run gave for all runs of the task that do not have it. */
export async function recordFor({ runs }: Task, record: RunRecord, results: ResultsFile): Promise<void> {
  for (const { id } of runs) if (!results.has({ ...record, id })) await results.add({ ...record, id });
}
