import { Random } from "../data/random.js";
import type { NativeTensors } from "../native/contract.js";
import type { PackedBatch } from "../text/packing.js";
import { laidEndToEnd } from "./end-to-end.js";
import type { Passage } from "./passages.js";

/** A passage, and the probabilities of the kept tags of its words as the source model has them [words, Y]. */
export interface Lesson {
  passage: Passage;
  targets: Float32Array;
}

/** What is read again beside the batches so that it is not forgotten. */
export class Replay {
  constructor(
    private readonly lessons: readonly Lesson[],
    /** Lessons of a step. */
    private readonly count: number,
  ) {}

  /** The lessons of a step. @param key (seed, step) */
  draw([seed, step]: readonly [number, number]): Lesson[] {
    const random = Random.of(seed, "replay", step);
    return Array.from({ length: this.count }, () => random.choice(this.lessons));
  }
}

/**
 * A batch that was packed with lessons behind its own passages, as its graph reads it: the encoder reads them all, and
 * only the words of the first `own` passages are words of the batch.
 */
export function besideReplay(packed: PackedBatch, own: number, lessons: readonly Lesson[]) {
  const words = packed.words.slice(0, 2 * own);
  const count = lengthOf(words);
  const batch: PackedBatch = { ...packed, words, firstPieces: packed.firstPieces.slice(0, count) };
  const replayed: NativeTensors = {
    "replay.firstPieces": packed.firstPieces.slice(count),
    "replay.targets": laidEndToEnd(lessons.map(({ targets }) => targets)),
  };
  return { batch, replayed };
}

/** Words of ranges that lie end to end from 0. */
const lengthOf = (ranges: Int32Array): number => (ranges.at(-2) ?? 0) + (ranges.at(-1) ?? 0);
