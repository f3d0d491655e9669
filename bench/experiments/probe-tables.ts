import { bootstrapOfContrast, type RunCounts } from "../../lib/eval/significance.js";
import { f1Percent } from "../../lib/eval/span-scores.js";
import { table } from "../../lib/report/table.js";
import { cellText, differenceText } from "./cell-text.js";
import type { Counts, RecordedProbes } from "./run-record.js";
import { idOf } from "./runs.js";
import type { Suite } from "./suite.js";
import {
  average,
  cellOf,
  comparedDomains,
  countsBySentence,
  domainColumns,
  replicates,
  seedValues,
  type Records,
} from "./summary.js";

type Intervention = "unseenMentions" | "otherContexts";

/** Calibration and entity bias on test; nothing for suites that do not probe, or without a probed run. */
export function probeTables(suite: Suite, records: Records): string[] {
  const probes = new ProbedRuns(suite, records);
  const rows = suite.systems.map(({ name }) => name).filter((name) => probes.has(name));
  if (rows.length === 0) return [];
  const columns = domainColumns(suite);
  const calibration = rows.map((name) => [name, ...columns.map((column) => probes.calibration(name, column))]); // prettier-ignore
  const drops = (intervention: Intervention) =>
    rows.map((name) => [
      name,
      ...columns.map((column) => probes.drop(name, column, intervention)),
      probes.contrast(name, intervention),
    ]);
  const dropHeader = ["drop", ...columns, `difference to ${suite.reference}`];
  return [
    `Expected calibration error on test, in points: posteriors → fitted confidences\n${table(["error", ...columns], calibration)}`,
    `Drop of F1 on test where every mention is exchanged for an unseen one of its type\n${table(dropHeader, drops("unseenMentions"))}`,
    `Drop of F1 on test of mentions that are moved into other contexts\n${table(dropHeader, drops("otherContexts"))}`,
  ];
}

class ProbedRuns {
  constructor(
    private readonly suite: Suite,
    private readonly records: Records,
  ) {}

  has(name: string): boolean {
    const { domains, seeds } = this.suite;
    return domains.some((domain) => seeds.some((seed) => this.#probes(name, domain, seed)));
  }

  calibration(name: string, column: string): string {
    const errors = (when: "before" | "after") =>
      this.#values(name, column, ({ calibration }) => calibration[when] ?? calibration.before);
    const [before, after] = [errors("before"), errors("after")];
    return before.length === 0 ? "–" : `${average(before).toFixed(1)} → ${average(after).toFixed(1)}`;
  }

  drop(name: string, column: string, intervention: Intervention): string {
    const dropOf = ({ own, probed }: RecordedProbes[Intervention]) => f1Of(own) - f1Of(probed);
    return cellText(cellOf(this.#values(name, column, (probes) => dropOf(probes[intervention]))));
  }

  /** What it loses less what the reference loses, with its interval, and as a share of it where the reference loses anything. */
  contrast(name: string, intervention: Intervention): string {
    const { reference } = this.suite;
    if (name === reference) return "–";
    const testSets = comparedDomains(this.suite).map((domain) => this.#sides([name, reference], domain, intervention)); // prettier-ignore
    if (testSets.some((sides) => sides[0]!.length === 0)) return "–";
    const { scores, value, interval } = bootstrapOfContrast(testSets, [1, -1, -1, 1], { replicates });
    const [own, probed, theirs, theirsProbed] = scores as [number, number, number, number];
    const lost = theirs - theirsProbed;
    return differenceText(value, interval) + (lost > 0 ? `, ${((own - probed) / lost).toFixed(2)}×` : "");
  }

  /** Of each row the counts as the sentences are and under the intervention, from the seeds that all of them have. */
  #sides(names: readonly string[], domain: string, intervention: Intervention): RunCounts[] {
    const seeds = this.suite.seeds.filter((seed) => names.every((name) => this.#probes(name, domain, seed)));
    return names.flatMap((name) =>
      (["own", "probed"] as const).map((side) =>
        seeds.map((seed) => countsBySentence(this.#probes(name, domain, seed)![intervention][side])),
      ),
    );
  }

  #values(name: string, column: string, valueOf: (probes: RecordedProbes) => number): number[] {
    return seedValues(this.suite, column, (domain, seed) => {
      const probes = this.#probes(name, domain, seed);
      return probes && valueOf(probes);
    });
  }

  #probes(name: string, domain: string, seed: number): RecordedProbes | undefined {
    return this.records.get(idOf(name, domain, null, seed))?.probes ?? undefined;
  }
}

function f1Of({ correct, predicted, gold }: Counts): number {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return f1Percent({ correct: sum(correct), predicted: sum(predicted), gold: sum(gold) });
}
