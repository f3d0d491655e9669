import { bootstrapOfContrast, type RunCounts } from "../../lib/eval/significance.js";
import { f1Percent } from "../../lib/eval/span-scores.js";
import { table } from "../../lib/report/table.js";
import type { Counts, RecordedProbes, RunRecord } from "./results-file.js";
import { idOf } from "./runs.js";
import type { Suite } from "./suite.js";
import { average, cellOf, countsBySentence, meanColumn, replicates, signed } from "./summary.js";

type Intervention = "unseenMentions" | "otherContexts";
type Records = ReadonlyMap<string, RunRecord>;

/** Calibration and entity bias on test; nothing for suites that do not probe, or without a probed run. */
export function probeTables(suite: Suite, records: Records): string[] {
  const probes = new ProbedRuns(suite, records);
  const rows = suite.systems.map(({ name }) => name).filter((name) => probes.has(name));
  if (rows.length === 0) return [];
  const columns = [...suite.domains, ...(suite.mean.length > 1 ? [meanColumn] : [])];
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
    return this.suite.domains.some((domain) => this.#seeds(name, [domain]).length > 0);
  }

  calibration(name: string, column: string): string {
    const errors = (when: "before" | "after") =>
      this.#values(name, column, ({ calibration }) => calibration[when] ?? calibration.before);
    const [before, after] = [errors("before"), errors("after")];
    return before.length === 0 ? "–" : `${average(before).toFixed(1)} → ${average(after).toFixed(1)}`;
  }

  drop(name: string, column: string, intervention: Intervention): string {
    const drops = this.#values(name, column, (probes) => f1Of(probes[intervention].own) - f1Of(probes[intervention].probed)); // prettier-ignore
    const cell = cellOf(drops);
    return cell ? `${cell.mean.toFixed(2)} ± ${cell.deviation.toFixed(2)}` : "–";
  }

  /** What it loses less what the reference loses, with its interval, and as a share of it. */
  contrast(name: string, intervention: Intervention): string {
    const { reference, domains, mean } = this.suite;
    const over = mean.length > 1 ? mean : domains;
    const testSets = over.map((domain) => {
      const seeds = this.#seeds(name, [domain]).filter((seed) => this.#probes(reference, domain, seed));
      const sides = (row: string) =>
        (["own", "probed"] as const).map((side): RunCounts =>
          seeds.map((seed) => countsBySentence(this.#probes(row, domain, seed)![intervention][side])),
        );
      return { seeds, sides: [...sides(name), ...sides(reference)] };
    });
    if (name === reference || testSets.some(({ seeds }) => seeds.length === 0)) return "–";
    const { scores, value, interval } = bootstrapOfContrast(testSets.map(({ sides }) => sides), [1, -1, -1, 1], { replicates }); // prettier-ignore
    const [own, probed, theirs, theirsProbed] = scores as [number, number, number, number];
    const share = (own - probed) / (theirs - theirsProbed);
    return `${signed(value)} [${interval.map(signed).join(", ")}], ${share.toFixed(2)}×`;
  }

  /** One value a seed; the mean of a seed over the domains is one value. */
  #values(name: string, column: string, value: (probes: RecordedProbes) => number): number[] {
    const domains = column === meanColumn ? this.suite.mean : [column];
    return this.#seeds(name, domains).map((seed) =>
      average(domains.map((domain) => value(this.#probes(name, domain, seed)!))),
    );
  }

  #seeds(name: string, domains: readonly string[]): number[] {
    return this.suite.seeds.filter((seed) => domains.every((domain) => this.#probes(name, domain, seed)));
  }

  #probes(name: string, domain: string, seed: number): RecordedProbes | undefined {
    return this.records.get(idOf(name, domain, null, seed))?.probes;
  }
}

function f1Of({ correct, predicted, gold }: Counts): number {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return f1Percent({ correct: sum(correct), predicted: sum(predicted), gold: sum(gold) });
}
