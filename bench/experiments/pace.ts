import type { RunRecord } from "./run-record.js";
import type { Run } from "./runs.js";

/**
 * Seconds that runs will take, from those that are recorded: of the same row and domain, else of the same domain, else
 * of any. Undefined before the first record.
 */
export function secondsFor(runs: readonly Run[], records: Iterable<RunRecord>): number | undefined {
  const known = [...records].map(({ id, seconds }) => ({ id, seconds: seconds.total }));
  if (known.length === 0) return undefined;
  const meanOf = (fits: (id: string) => boolean) => {
    const fitting = known.filter(({ id }) => fits(id));
    return fitting.length === 0
      ? undefined
      : fitting.reduce((sum, { seconds }) => sum + seconds, 0) / fitting.length;
  };
  const estimate = ({ entry, domain }: Run) =>
    meanOf((id) => id.startsWith(`${entry.name}/${domain}/`)) ?? meanOf((id) => id.split("/")[1] === domain) ?? meanOf(() => true)!; // prettier-ignore
  return runs.reduce((sum, run) => sum + estimate(run), 0);
}

export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
