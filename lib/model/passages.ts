import { setImmediate as nextTurn } from "node:timers/promises";
import type { TagSet } from "../text/tag-set.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { packSentences, type PackedBatch } from "../text/packing.js";
import { planWindows, type Window } from "../text/windows.js";

/** Word j is a validated cause of a mention or label of entity type `type`. */
export interface WordCause {
  word: number;
  type: string;
}

/** What the encoder reads at once: a sentence, or a window of one that is longer than its positions. */
export interface Passage {
  /** Index of the sentence. */
  sentence: number;
  words: readonly string[];
  window: Window;
  /** Pieces with [CLS] and [SEP]. */
  pieces: number;
  /** Tag index of each word; -1 where another window of the sentence decides. Only when the sentence has tags. */
  gold?: Int32Array;
  /** Words that cause an entity type, where that is known. */
  causes?: readonly WordCause[];
}

/** A sentence cut to the encoder's length. */
export interface Cut {
  passages: Passage[];
  warnings: string[];
}

/** How text becomes pieces, and how many of them the encoder reads at once. */
export interface Reader {
  readonly tokenizer: Tokenizer;
  readonly maxPositions: number;
}

const sliceMilliseconds = 4; // of work between two turns of the event loop

/** Cuts sentences into passages, in slices between event-loop turns. Throws LABEL_MISMATCH for an unknown tag. */
export async function cutSentences(
  sentences: readonly { words: readonly string[]; tags?: readonly string[] }[],
  reader: Reader,
  tagSet?: TagSet,
): Promise<Cut[]> {
  const cuts: Cut[] = [];
  let sliceStart = performance.now();
  for (const [index, sentence] of sentences.entries()) {
    cuts.push(cutSentence(index, sentence, reader, tagSet));
    if (performance.now() - sliceStart < sliceMilliseconds) continue;
    await nextTurn();
    sliceStart = performance.now();
  }
  return cuts;
}

/** Cuts one sentence into passages. Throws LABEL_MISMATCH for an unknown tag. */
export function cutSentence(
  index: number,
  { words, tags }: { words: readonly string[]; tags?: readonly string[] },
  { tokenizer, maxPositions }: Reader,
  tagSet?: TagSet,
): Cut {
  const counts = words.map((word) => tokenizer.piecesOfWord(word).length);
  const { windows, warnings } = planWindows(counts, maxPositions);
  const gold = tagSet && tags?.map((tag) => tagSet.indexOf(tag));
  const passages = windows.map((window): Passage => {
    const { start, end, keepStart, keepEnd } = window;
    const pieces = Math.min(
      maxPositions,
      counts.slice(start, end).reduce((a, b) => a + b, 2),
    );
    const passage = { sentence: index, words: words.slice(start, end), window, pieces };
    if (!gold) return passage;
    const counted = (word: number) => (word >= keepStart && word < keepEnd ? gold[word]! : -1);
    return { ...passage, gold: Int32Array.from({ length: end - start }, (_, k) => counted(start + k)) };
  });
  return { passages, warnings };
}

/** Passages laid end to end. */
export const packPassages = (
  passages: readonly Passage[],
  { tokenizer, maxPositions }: Reader,
): PackedBatch => packSentences(passages.map(({ words }) => words), tokenizer, { maxPositions }); // prettier-ignore

/** Tags of all words of a batch [words]; undefined where a passage has none. */
export function goldOf(passages: readonly Passage[]): Int32Array | undefined {
  if (!passages.every(({ gold }) => gold)) return undefined;
  return Int32Array.from(passages.flatMap(({ gold }) => [...gold!]));
}

/** Causing words of all passages, counted in the batch. */
export function causesOf(passages: readonly Passage[]): WordCause[] {
  let first = 0;
  return passages.flatMap(({ words, causes = [] }) => {
    const start = first;
    first += words.length;
    return causes.map(({ word, type }) => ({ word: start + word, type }));
  });
}
