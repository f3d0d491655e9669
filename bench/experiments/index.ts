import { writeFile } from "node:fs/promises";
import { suiteChart } from "./chart.js";
import { publishedRows } from "./published.js";
import { openResults, runSuite, type SuiteRequest } from "./run-suite.js";
import { runsOf } from "./runs.js";
import { readSuite, suiteNames } from "./suite.js";
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
  const { results, failed } = request.tableOnly
    ? { results: await openResults(suite, request), failed: [] }
    : await runSuite(suite, request);
  const { split } = request;
  const ids = new Set(runsOf(suite).map(({ id }) => id));
  const records = new Map([...results.records].filter(([id]) => ids.has(id)));
  const tables = summaries(suite, records, split);
  const published = await publishedRows(suite.name);
  if (request.chart) await writeFile(request.chart, suiteChart(suite, tables, split));
  const text = suiteText(suite, tables, { split, published, records });
  const notDone = failed.length > 0 ? `\nFailed: ${failed.join(", ")}\n` : "";
  return {
    report: { suite: suite.name, title: suite.title, split, tables, failed },
    text: text + notDone,
    failed,
  };
}
