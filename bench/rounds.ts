import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement } from "./trial.js";

/** Somebody who does the same unit of work; `measure` returns the milliseconds of each repetition. */
export interface Contestant {
  name: string;
  measure: () => Promise<number[]>;
  /** From milliseconds of one unit to words. */
  rate: (milliseconds: number) => string;
}

const rest = 50; // milliseconds between two contestants, in which threads that wait in a loop give up

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
      await sleep(rest);
    }
  return contestants.map(({ name, rate }, k) => {
    const sorted = times[k]!.sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1]!;
    return { name, median, min: sorted[0]!, max: sorted.at(-1)!, rate: rate(median) };
  });
}

/** Ours against theirs in the same rounds: measurements of all, and the rate of our fastest over that of each other. */
export async function compete(ours: readonly Contestant[], theirs: readonly Contestant[], rounds: number) {
  const measurements = await alternate([...ours, ...theirs], rounds);
  const best = measurements.slice(0, ours.length).reduce((a, b) => (b.median < a.median ? b : a));
  const others = measurements.filter((measurement) => measurement !== best);
  const ratios = others.map(({ name, median }) => [`${best.name} / ${name}`, median / best.median] as const);
  return { measurements, ratios: Object.fromEntries(ratios) };
}
