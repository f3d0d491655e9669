import { CdlmError } from "../errors.js";

/** Everything a generator needs to go on where it stopped: plain JSON, fit for a checkpoint. */
export interface RandomState {
  /** Key of the stream, 32 bits. */
  key: number;
  /** Draws taken so far, 0 … 2⁵³−1. */
  drawn: number;
}

/**
 * A seeded, counter-based random generator: draw `n` of a stream is a function of (key, n) alone, so a stream is
 * resumed by its counter and streams with different paths never depend on how much another one has drawn.
 */
export class Random {
  readonly #key: number;
  #drawn: number;

  private constructor(state: RandomState) {
    this.#key = state.key;
    this.#drawn = state.drawn;
  }

  /**
   * The stream of `seed` (integer, 0 … 2⁵³−1) for one purpose.
   * @param path what the stream is for, e.g. `("batches", epoch)`; numbers as for the seed
   * @throws CdlmError INVALID_OPTION for a seed or number that is not such an integer
   */
  static of(seed: number, ...path: (string | number)[]): Random {
    const key = [seed, ...path].reduce<number>((parent, step) => deriveKey(parent, step), 0);
    return new Random({ key, drawn: 0 });
  }

  /** Goes on from a saved state. */
  static resume(state: RandomState): Random {
    return new Random(state);
  }

  get state(): RandomState {
    return { key: this.#key, drawn: this.#drawn };
  }

  /** The next number, uniform in [0, 1), with 53 random bits. */
  next(): number {
    const [high, low] = philox(words(this.#drawn), this.#key);
    this.#drawn++;
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  }

  /** The next integer, uniform in 0 … n−1, for n in 1 … 2³² (the bias is below n/2⁵³). */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new CdlmError("INVALID_OPTION", "cannot draw an integer", {
        expected: "a bound in 1 … 2^32",
        received: `${n}`,
      });
    }
    return Math.floor(this.next() * n);
  }

  /** One of the items, each as likely as the others; `items` must not be empty. */
  choice<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A new array with the items in random order, every order as likely as the others (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }
}

/** Philox 2×32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): two random words. All words have 32 bits. */
export function philox(counter: [low: number, high: number], key: number): [number, number] {
  let [left, right] = counter;
  let roundKey = key;
  for (let round = 0; round < 10; round++) {
    const [high, low] = multiply(0xd256d193, left);
    left = (high ^ roundKey ^ right) >>> 0;
    right = low;
    roundKey = (roundKey + 0x9e3779b9) >>> 0;
  }
  return [left, right];
}

/** The 64-bit product of two 32-bit numbers, as its upper and lower half. */
function multiply(a: number, b: number): [number, number] {
  const upper = Math.floor(a / 2 ** 16) * b; // exact: below 2^48
  const lower = (a & 0xffff) * b;
  const carried = upper + Math.floor(lower / 2 ** 16); // the product without its lowest 16 bits
  return [Math.floor(carried / 2 ** 16) >>> 0, Math.imul(a, b) >>> 0];
}

/** The lower and the upper 32 bits of a number in 0 … 2⁵³−1. */
function words(n: number): [number, number] {
  return [n >>> 0, Math.floor(n / 2 ** 32)];
}

function deriveKey(parent: number, step: string | number): number {
  if (typeof step === "string") {
    return [...step].reduce((key, letter) => philox([letter.codePointAt(0)!, 0], key)[0], parent);
  }
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new CdlmError("INVALID_OPTION", "cannot seed the random generator", {
      expected: "an integer in 0 … 2^53−1",
      received: `${step}`,
    });
  }
  return philox(words(step), parent)[0];
}
