import { table } from "../../lib/report/table.js";
import { cellText, differenceText } from "./cell-text.js";
import { costTable } from "./cost-table.js";
import type { PublishedRow } from "./published.js";
import type { RunRecord } from "./run-record.js";
import { probeTables } from "./probe-tables.js";
import type { Split, Summary } from "./summary.js";
import type { Suite } from "./suite.js";
import { duration } from "./pace.js";

/** What a suite's tables are made of. */
interface Recorded {
  split: Split;
  published: readonly PublishedRow[];
  records: ReadonlyMap<string, RunRecord>;
  /** Runs that are recorded with other options than the suite has now. */
  outdated: readonly string[];
}

/** Tables of a suite, ours above the published figures, and what must be known to read them. */
export function suiteText(
  suite: Suite,
  summaries: readonly Summary[],
  { split, published, records, outdated }: Recorded,
): string {
  const runs = [...records.values()];
  const parts = summaries.map((summary) => {
    const rows = published.filter(({ shots }) => shots === summary.shots);
    const theirs = split === "test" ? publishedTable(summary, rows) : ["Published figures are of test."];
    return [shotsTitle(summary), ...ourTable(suite, summary), ...theirs].join("\n");
  });
  return [`${suite.title}: strict span F1 on ${split}, in percent, mean ± standard deviation`, ...parts, ...probeTables(suite, records), ...costTable(suite, runs), footer(runs), ...outdatedText(outdated)].join("\n\n") + "\n"; // prettier-ignore
}

const shotsTitle = ({ shots }: Summary): string =>
  shots === null ? "All training data" : `K = ${shots} mentions of each type`;

function ourTable({ reference }: Suite, { columns, rows }: Summary): string[] {
  const header = ["system", ...columns, "runs", `difference to ${reference}`];
  const cells = rows.map(({ system, cells: row, difference }) => [
    system,
    ...row.map(cellText),
    String(Math.max(0, ...row.map((cell) => cell?.runs ?? 0))),
    difference ? differenceText(difference.difference, difference.interval) : "–",
  ]);
  return [table(header, cells)];
}

function publishedTable({ columns }: Summary, rows: readonly PublishedRow[]): string[] {
  if (rows.length === 0) return ["No published figure is known to the digit for this table."];
  const cells = rows.map(({ system, f1, encoder }) => [
    system,
    ...columns.map((column) => f1[column]?.toFixed(1) ?? "–"),
    encoder,
  ]);
  const sources = [...new Set(rows.map(({ system, source }) => `${system}: ${source}`))];
  return ["", table(["published", ...columns, "encoder"], cells), ...sources];
}

/** Encoder, versions, time. */
function footer(records: readonly RunRecord[]): string {
  if (records.length === 0) return "Nothing is recorded yet.";
  const seen = (value: (record: RunRecord) => unknown) => [...new Set(records.map(value))].join(", ");
  const total = records.reduce((sum, { seconds }) => sum + seconds.total, 0);
  const evaluation = records.reduce((sum, { seconds }) => sum + seconds.evaluation, 0);
  return [
    `Our encoder: ${seen(({ config }) => (config.source as { encoder?: string }).encoder)}`,
    `Interval: 95 %, paired bootstrap over sentences and seeds`,
    `Versions: cdlm ${seen(({ versions }) => versions.cdlm)}, node ${seen(({ versions }) => versions.node)}, ${seen(({ versions }) => versions.level)}, ${seen(({ versions }) => versions.precision)}`, // prettier-ignore
    `${records.length} runs in ${duration(total)}, ${((100 * evaluation) / total).toFixed(0)} % of it dev scores while training`,
  ].join("\n");
}

const outdatedText = (ids: readonly string[]): string[] =>
  ids.length === 0 ? [] : [`Not shown, for they were recorded with other options than the suite has now: ${ids.join(", ")}`]; // prettier-ignore
