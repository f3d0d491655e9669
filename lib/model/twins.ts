import type { NativeTensors } from "../native/contract.js";
import type { PackedBatch } from "../text/packing.js";
import { mentionsIn } from "./mentions-in-batch.js";

/**
 * Which words of a batch are each other's twins: its second half reads the sentences of its first half once more, some
 * under an intervention. Words outside of mentions are twins in their order, and mentions of equal place word by word, as
 * long as both go on. A sentence that went into another context has none, unless its tags are the same.
 * @param gold tag index of each word
 * @returns `twins.word` and `twins.other` [pairs], indices of the batch's words; every pair stands there both ways
 */
export function twinInputs({ words: ranges }: Pick<PackedBatch, "words">, gold: Int32Array): NativeTensors {
  const runs = Array.from({ length: ranges.length / 2 }, (_, s) => runsOf(gold, ranges.subarray(2 * s, 2 * s + 2))); // prettier-ignore
  const pairs = runs.slice(0, runs.length / 2).flatMap((own, k) => pairsOf(own, runs[runs.length / 2 + k]!));
  const words = pairs.map(([word]) => word);
  const others = pairs.map(([, other]) => other);
  return {
    "twins.word": Int32Array.from([...words, ...others]),
    "twins.other": Int32Array.from([...others, ...words]),
  };
}

/** A mention, or a word outside of mentions. */
interface Run {
  /** Of the first word. */
  tag: number;
  first: number;
  length: number;
}

/** @param range first word and number of words of a sentence */
function runsOf(gold: Int32Array, range: Int32Array): Run[] {
  const lengths = new Map(mentionsIn(gold, range).spans);
  const runs: Run[] = [];
  for (let first = range[0]!; first < range[0]! + range[1]!; first += runs.at(-1)!.length)
    runs.push({ tag: gold[first]!, first, length: lengths.get(first) ?? 1 });
  return runs;
}

/** Nothing where the runs are not of the same tags. */
function pairsOf(own: readonly Run[], others: readonly Run[]): [word: number, other: number][] {
  if (own.length !== others.length || own.some(({ tag }, k) => tag !== others[k]!.tag)) return [];
  return own.flatMap(({ first, length }, k) => {
    const other = others[k]!;
    const shared = Math.min(length, other.length);
    return Array.from({ length: shared }, (_, word): [number, number] => [first + word, other.first + word]);
  });
}
