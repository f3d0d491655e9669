import { typesOfWords } from "./io-tags.js";
import type { Tags } from "./system.js";

/** No transition is impossible. */
const floor = 1e-6;

/** How often the tags of a source follow each other, whatever their types: from the start, from O, from within a mention. */
export interface AbstractCounts {
  start: { outside: number; inside: number };
  outside: { outside: number; inside: number };
  inside: { outside: number; same: number; other: number };
}

/** Counts of IO tags (StructShot: Yang and Katiyar 2020, "Simple and effective few-shot NER"; METHOD 9). */
export function abstractCounts(sentences: Tags): AbstractCounts {
  const counts = {
    start: { outside: 0, inside: 0 },
    outside: { outside: 0, inside: 0 },
    inside: { outside: 0, same: 0, other: 0 },
  };
  for (const tags of sentences) {
    const types = typesOfWords(tags);
    types.forEach((type, word) => {
      const before = types[word - 1];
      if (word === 0) counts.start[type === undefined ? "outside" : "inside"]++;
      else if (before === undefined) counts.outside[type === undefined ? "outside" : "inside"]++;
      else counts.inside[type === undefined ? "outside" : type === before ? "same" : "other"]++;
    });
  }
  return counts;
}

/**
 * Log-probabilities of O and `types` target types after each other, [types + 2, types + 1] row by row; the last row is the start, tag 0
 * is O. What leads to a type, or to another type, is spread evenly over the types that it may be; then every row is raised to
 * the power ρ and made to sum to 1 again.
 */
export function targetTransitions(counts: AbstractCounts, types: number, rho: number): Float32Array {
  const inside = shares(counts.inside);
  const spread = ({ outside, inside: into }: { outside: number; inside: number }) =>
    sharpened([outside, ...new Array<number>(types).fill(into / types)], rho);
  const others = Math.max(1, types - 1);
  const withinType = (type: number) =>
    sharpened([inside.outside, ...Array.from({ length: types }, (_, next) => next === type ? inside.same : inside.other / others)], rho); // prettier-ignore
  return Float32Array.from([
    ...spread(shares(counts.outside)),
    ...Array.from({ length: types }, (_, type) => withinType(type)).flat(),
    ...spread(shares(counts.start)),
  ]);
}

function shares<T extends Record<string, number>>(counts: T): T {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / Math.max(1, total)])) as T; // prettier-ignore
}

function sharpened(row: readonly number[], rho: number): number[] {
  const powers = row.map((share) => share ** rho);
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => Math.log(Math.max(floor, total > 0 ? power / total : 0)));
}
