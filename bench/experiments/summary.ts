import { pairedBootstrapOfMean, type RunCounts, type SystemDifference } from "../../lib/eval/significance.js";
import type { Counts, RunRecord, SplitResult } from "./run-record.js";
import { idOf } from "./runs.js";
import type { Suite, SuiteEntry } from "./suite.js";

/** Mean and standard deviation (of a sample; 0 for one) of F1 in percent. */
export interface Cell {
  mean: number;
  deviation: number;
  /** Runs behind it. */
  runs: number;
}

export interface Row {
  system: string;
  /** By column; undefined where nothing is recorded. */
  cells: (Cell | undefined)[];
  /** Against the suite's reference, over all the domains of the table, from the seeds that both have. */
  difference?: SystemDifference & { seeds: number };
}

/** The table of one K. */
export interface Summary {
  /** K; null: all training data. */
  shots: number | null;
  columns: string[];
  rows: Row[];
}

export type Split = "dev" | "test";
export type Records = ReadonlyMap<string, RunRecord>;

/** Resampled test sets: enough for an interval with two digits. */
export const replicates = 2000;
const meanColumn = "mean";

/** One table for each K of a suite, from what is recorded. */
export function summaries(suite: Suite, records: Records, split: Split): Summary[] {
  return suite.shots.map((shots) => {
    const table = new Table(suite, records, split, shots);
    return { shots, columns: table.columns, rows: suite.systems.map((entry) => table.row(entry)) };
  });
}

class Table {
  readonly columns: string[];

  constructor(
    private readonly suite: Suite,
    private readonly records: Records,
    private readonly split: Split,
    private readonly shots: number | null,
  ) {
    if (suite.columns === "types") this.columns = [...this.#types(), "all"];
    else this.columns = domainColumns(suite);
  }

  row({ name }: SuiteEntry): Row {
    const difference = name === this.suite.reference ? undefined : this.#difference(name);
    return { system: name, cells: this.columns.map((column) => this.#cell(name, column)), ...(difference ? { difference } : {}) }; // prettier-ignore
  }

  #cell(name: string, column: string): Cell | undefined {
    const { domains, columns } = this.suite;
    if (columns === "types") return cellOf(this.#results(name, domains[0]!).map((result) => column === "all" ? result.f1 : (result.types[column]?.f1 ?? 0))); // prettier-ignore
    return cellOf(seedValues(this.suite, column, (domain, seed) => this.#result(name, domain, seed)?.f1));
  }

  #difference(name: string): Row["difference"] {
    const { reference } = this.suite;
    const over = comparedDomains(this.suite);
    const known = over.filter((domain) => this.#common(name, reference, domain).length > 0);
    if (known.length < over.length) return undefined;
    const testSets = over.map((domain) => {
      const seeds = this.#common(name, reference, domain);
      const countsOf = (row: string) =>
        seeds.map((seed) => countsBySentence(this.#result(row, domain, seed)!.counts));
      return { first: countsOf(name), second: countsOf(reference) };
    });
    const seeds = Math.min(...testSets.map(({ first }) => first.length));
    return { ...pairedBootstrapOfMean(testSets, { replicates }), seeds };
  }

  #common(name: string, reference: string, domain: string): number[] {
    const { seeds } = this.suite;
    return seeds.filter((seed) => [name, reference].every((row) => this.#result(row, domain, seed)));
  }

  #results(name: string, domain: string): SplitResult[] {
    return this.suite.seeds.flatMap((seed) => this.#result(name, domain, seed) ?? []);
  }

  #result(name: string, domain: string, seed: number): SplitResult | undefined {
    return this.records.get(idOf(name, domain, this.shots, seed))?.[this.split];
  }

  /** Of all records of the one domain, sorted. */
  #types(): string[] {
    const results = this.suite.systems.flatMap(({ name }) => this.#results(name, this.suite.domains[0]!));
    const gold = results.flatMap(({ types }) =>
      Object.entries(types).filter(([, { support }]) => support > 0),
    );
    return [...new Set(gold.map(([type]) => type))].sort();
  }
}

/** Columns of a table by domain. */
export const domainColumns = ({ domains, mean }: Suite): string[] => [
  ...domains,
  ...(mean.length > 1 ? [meanColumn] : []),
];

/** Domains over whose mean rows are compared. */
export const comparedDomains = ({ domains, mean }: Suite): readonly string[] => (mean.length > 1 ? mean : domains); // prettier-ignore

/**
 * One value for each seed that has all that a column wants. The mean of a seed over the domains is one value, so that its
 * deviation is that of the whole table.
 */
export function seedValues(
  { seeds, mean }: Suite,
  column: string,
  valueOf: (domain: string, seed: number) => number | undefined,
): number[] {
  const domains = column === meanColumn ? mean : [column];
  return seeds.flatMap((seed) => {
    const values = domains.flatMap((domain) => valueOf(domain, seed) ?? []);
    return values.length === domains.length ? [average(values)] : [];
  });
}

export function countsBySentence({ correct, predicted, gold }: Counts): RunCounts[number] {
  return gold.map((count, k) => ({ correct: correct[k]!, predicted: predicted[k]!, gold: count }));
}

export function cellOf(values: readonly number[]): Cell | undefined {
  if (values.length === 0) return undefined;
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0,
    runs: values.length,
  };
}

export const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
