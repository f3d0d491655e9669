import { writeFile } from "node:fs/promises";
import { suiteChart } from "./chart.js";
import { publishedRows } from "./published.js";
import { isAsked } from "./config.js";
import { readRecords } from "./results-file.js";
import type { RunRecord } from "./run-record.js";
import { resultsFolder, runSuite, type SuiteRequest } from "./run-suite.js";
import { runsOf } from "./runs.js";
import { readSuite, suiteNames, type Suite } from "./suite.js";
import { suiteText } from "./suite-table.js";
import { summaries, type Split } from "./summary.js";

export interface ExperimentRequest extends SuiteRequest {
  /** Shows what is recorded, and runs nothing. */
  tableOnly: boolean;
  split: Split;
  /** SVG file. */
  chart?: string;
}

export async function listSuites() {
  const suites = await Promise.all(suiteNames().map(readSuite));
  return suites.map((suite) => ({ name: suite.name, title: suite.title, runs: runsOf(suite).length }));
}

export async function listRuns(name: string) {
  return runsOf(await readSuite(name)).map(({ id, entry, domain, shots, seed }) => ({ id, system: entry.system, domain, shots, seed })); // prettier-ignore
}

/** Runs what a suite still lacks and reports all that is recorded. */
export async function experiments(name: string, request: ExperimentRequest) {
  const suite = await readSuite(name);
  const { split } = request;
  const { recorded, failed } = request.tableOnly
    ? { recorded: await readRecords(request.results ?? resultsFolder, suite.name), failed: [] }
    : await runSuite(suite, request);
  const { records, outdated } = currentRecords(suite, recorded);
  const tables = summaries(suite, records, split);
  const published = await publishedRows(suite.name);
  if (request.chart) await writeFile(request.chart, suiteChart(suite, tables, split));
  const text = suiteText(suite, tables, { split, published, records, outdated });
  const notDone = failed.length > 0 ? `\nFailed: ${failed.join(", ")}\n` : "";
  return {
    report: { suite: suite.name, title: suite.title, split, tables, failed },
    text: text + notDone,
    failed,
  };
}

/** Of each run the last record of what the suite asks now, and the runs that have only others. */
function currentRecords(suite: Suite, recorded: readonly RunRecord[]) {
  const records = new Map<string, RunRecord>();
  const outdated: string[] = [];
  for (const run of runsOf(suite)) {
    const own = recorded.filter(({ id }) => id === run.id);
    const record = own.findLast((each) => isAsked(each, run, suite));
    if (record) records.set(run.id, record);
    else if (own.length > 0) outdated.push(run.id);
  }
  return { records, outdated };
}
