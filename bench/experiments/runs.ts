import { CdlmError } from "../../lib/errors.js";
import type { DomainName, Suite, SuiteEntry } from "./suite.js";

/** One run of a suite. */
export interface Run {
  /** Unique in its suite, e.g. "finetune/music/k20/seed3". */
  id: string;
  entry: SuiteEntry;
  domain: DomainName;
  /** K; null: all training data. */
  shots: number | null;
  seed: number;
}

/** Every run of a suite: seeds outside, so that a suite that is stopped early has all rows with fewer seeds. */
export function runsOf({ seeds, shots, domains, systems }: Suite): Run[] {
  return seeds.flatMap((seed) =>
    shots.flatMap((k) =>
      domains.flatMap((domain) =>
        systems.map((entry) => ({ id: idOf(entry.name, domain, k, seed), entry, domain, shots: k, seed })),
      ),
    ),
  );
}

export const idOf = (system: string, domain: string, shots: number | null, seed: number): string =>
  [system, domain, ...(shots === null ? [] : [`k${shots}`]), `seed${seed}`].join("/");

/**
 * The runs with these ids, in the suite's order; all without ids.
 * @throws CdlmError INVALID_OPTION for an id that the suite does not have
 */
export function chosenRuns(runs: readonly Run[], ids: readonly string[] = []): Run[] {
  const unknown = ids.filter((id) => !runs.some((run) => run.id === id));
  if (unknown.length > 0)
    throw new CdlmError("INVALID_OPTION", "the suite has no such run", {
      expected: `one of ${runs.length} ids such as ${runs[0]!.id}`,
      received: unknown.join(", "),
      hint: "--list shows them all",
    });
  return ids.length === 0 ? [...runs] : runs.filter(({ id }) => ids.includes(id));
}
