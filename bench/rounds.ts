import type { Measurement } from "./trial.js";

/** Somebody who does the same unit of work; `measure` returns the milliseconds of each repetition. */
export interface Contestant {
  name: string;
  measure: () => Promise<number[]>;
  /** From milliseconds of one unit to words. */
  rate: (milliseconds: number) => string;
}

/**
 * Lets contestants work in turn, A B A B …, so that a drift of the machine's speed meets all alike. The first round
 * warms up and does not count.
 */
export async function alternate(contestants: readonly Contestant[], rounds: number): Promise<Measurement[]> {
  const times = contestants.map(() => [] as number[]);
  for (let round = 0; round <= rounds; round++)
    for (const [k, contestant] of contestants.entries()) {
      const measured = await contestant.measure();
      if (round > 0) times[k]!.push(...measured);
    }
  return contestants.map(({ name, rate }, k) => {
    const sorted = times[k]!.sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1]!;
    return { name, median, min: sorted[0]!, max: sorted.at(-1)!, rate: rate(median) };
  });
}

/** Rate of the first over the rate of each other. */
export function ratiosToFirst([first, ...others]: readonly Measurement[]): Record<string, number> {
  return Object.fromEntries(
    others.map(({ name, median }) => [`${first!.name} / ${name}`, median / first!.median]),
  );
}
