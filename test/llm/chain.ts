import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { causalInput } from "../../lib/cli/causal-input.js";
import {
  causalGraphSchema,
  causesOf,
  type CausalDocument,
  type CausalGraph,
} from "../../lib/llm/causal-document.js";
import { findCauses, type CausalOptions } from "../../lib/llm/find-causes.js";
import type { LanguageModel } from "../../lib/llm/language-model.js";
import { packageRoot } from "../../lib/native/load.js";

/** The first sentences of the example's test set; from the beginning again where it has fewer. */
export async function politics(sentences: number): Promise<CausalDocument[]> {
  const file = path.join(packageRoot, "examples/data/politics/test.txt");
  const { signal } = new AbortController();
  const documents: CausalDocument[] = [];
  for await (const { document } of causalInput(file, undefined, signal)) documents.push(document);
  return Array.from({ length: sentences }, (_, k) => documents[k % documents.length]!);
}

export interface ChainRun {
  /** A checksum of each graph's JSON: whole lines would be memory that grows. */
  lines: string[];
  seconds: number;
  /** MB of the process after each document, garbage collected and without what V8 then holds in reserve. */
  resident: number[];
}

/** Takes documents through the whole chain; every graph is valid and names members of X only. */
export async function runChain(
  documents: readonly CausalDocument[],
  llm: LanguageModel,
  options: CausalOptions,
): Promise<ChainRun> {
  const run: ChainRun = { lines: [], seconds: 0, resident: [] };
  const labels = [...new Set(documents.flatMap(({ entities }) => entities.map(({ type }) => type)))].sort();
  const started = performance.now();
  let [edges, causes] = [0, 0];
  for await (const graph of findCauses(documents, { llm, domain: "politics", labels, ...options })) {
    requireMembers(graph);
    run.lines.push(createHash("sha256").update(JSON.stringify(graph)).digest("base64"));
    run.seconds = (performance.now() - started) / 1000;
    run.resident.push(residentMegabytes());
    edges += graph.edges.length;
    causes += causesOf(graph).length;
    if (run.lines.length % Math.ceil(documents.length / 10) === 0)
      console.log(`      ${run.lines.length}/${documents.length} sentences, ${edges} edges, ${causes} causes, ${run.seconds.toFixed(1)} s, ${run.resident.at(-1)!.toFixed(0)} MB`); // prettier-ignore
  }
  return run;
}

/** Valid by the schema, and edges between members of X only. */
export function requireMembers(graph: CausalGraph): void {
  causalGraphSchema.parse(graph);
  const names = new Set(graph.variables.map(({ name }) => name));
  for (const { cause, effect } of graph.edges) assert.ok(names.has(cause) && names.has(effect));
  assert.equal(graph.counts.outside, 0);
}

/** After the first tenth memory stays the same by 5 %. */
export function requireFlat(resident: readonly number[]): void {
  const after = resident.slice(Math.ceil(resident.length / 10) - 1);
  const change = trendOf(after);
  console.log(`      ${after[0]!.toFixed(0)} MB after the first tenth, ${after.at(-1)!.toFixed(0)} MB in the end, by the trend ${(100 * change).toFixed(1)} %`); // prettier-ignore
  assert.ok(Math.abs(change) <= 0.05, resident.map((value) => value.toFixed(0)).join(" "));
}

/**
 * Change from the first value to the last as a share of the median value, by the median slope of all pairs (Theil and
 * Sen's estimate): the ups and downs of a collected heap do not move it, and what grows all the time does.
 */
function trendOf(values: readonly number[]): number {
  const slopes = values.flatMap((first, k) =>
    values.slice(k + 1).map((second, distance) => (second - first) / (distance + 1)),
  );
  return (medianOf(slopes) * (values.length - 1)) / medianOf(values);
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * Memory of its own: pages of files, such as the weights, come and go as the system likes. What V8 keeps of the garbage's
 * place, 5 to 40 MB, is up to its timers.
 */
function residentMegabytes(): number {
  collectGarbage();
  const { heapTotal, heapUsed } = process.memoryUsage();
  const status = readFileSync("/proc/self/status", "utf8");
  const kilobytes = ["RssAnon", "VmSwap"].map((field) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]),
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024 - (heapTotal - heapUsed) / 2 ** 20;
}
