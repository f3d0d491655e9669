import type { NativeTensors } from "../native/contract.js";
import type { Passage } from "./passages.js";

/**
 * Which words of a batch are each other's twins: its second half reads the sentences of its first half once more, some
 * under an intervention. Words outside of mentions are twins in their order, and mentions of equal place word by word, as
 * long as both go on. A sentence that went into another context has none.
 * @returns `twins.word` and `twins.other` [pairs], indices of the batch's words; every pair stands there both ways
 */
export function twinInputs(passages: readonly Passage[]): NativeTensors {
  const count = passages.length / 2;
  const first = firstWords(passages);
  const pairs = passages.slice(0, count).flatMap((passage, k) => {
    const [own, others] = [runsOf(passage.gold!), runsOf(passages[count + k]!.gold!)];
    if (own.length !== others.length || own.some(({ tag }, run) => tag !== others[run]!.tag)) return [];
    return own.flatMap(({ start, length }, run) => {
      const other = others[run]!;
      return Array.from({ length: Math.min(length, other.length) }, (_, word) => [
        first[k]! + start + word,
        first[count + k]! + other.start + word,
      ]);
    });
  });
  const words = pairs.map(([word]) => word!);
  const others = pairs.map(([, other]) => other!);
  return {
    "twins.word": Int32Array.from([...words, ...others]),
    "twins.other": Int32Array.from([...others, ...words]),
  };
}

/** Index in the batch of every passage's first word. */
function firstWords(passages: readonly Passage[]): number[] {
  let next = 0;
  return passages.map(({ words }) => (next += words.length) - words.length);
}

interface Run {
  /** Of the run's first word; 0 of words outside of mentions, which are runs of their own. */
  tag: number;
  start: number;
  length: number;
}

/** Words outside of mentions, one by one, and whole mentions, by tag indices: O is 0, B-x is odd, I-x follows it. */
function runsOf(gold: Int32Array): Run[] {
  const runs: Run[] = [];
  gold.forEach((tag, start) => {
    const goesOn = tag > 0 && tag % 2 === 0 && runs.length > 0 && runs.at(-1)!.tag > 0;
    if (goesOn) runs.at(-1)!.length++;
    else runs.push({ tag, start, length: 1 });
  });
  return runs;
}
