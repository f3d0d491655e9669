import { CdlmError } from "../errors.js";

/** A sentence with its gold tags. */
export interface Sentence {
  /** At least one word, none empty. */
  readonly words: readonly string[];
  /** IOB2, one for each word. */
  readonly tags: readonly string[];
  readonly id?: string | number;
  /** The sentence as it was written; then `offsets` say where its words are. */
  readonly text?: string;
  /** Start (included) and end (excluded) of each word in `text`, in UTF-16 code units. */
  readonly offsets?: readonly WordOffsets[];
  /** Fields that the file held besides; they are written back. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export type WordOffsets = readonly [start: number, end: number];

/** A sentence as it was written, or else its words with one blank between. */
export const textOf = ({ text, words }: Pick<Sentence, "text" | "words">): string => text ?? words.join(" ");

/** Where the words are in `textOf` the sentence. */
export function offsetsOf({ words, offsets }: Pick<Sentence, "words" | "offsets">): readonly WordOffsets[] {
  if (offsets) return offsets;
  let next = 0;
  return words.map((word) => {
    const start = next;
    next += word.length + 1;
    return [start, start + word.length] as const;
  });
}

/** Where a sentence stands; `line` counts from 1. */
export interface Place {
  file?: string;
  line?: number;
}

/**
 * Checks that words, tags and offsets belong together.
 * @throws CdlmError DATA_INVALID
 */
export function requireWellFormed({ words, tags, text, offsets }: Sentence, place: Place = {}): void {
  const refuse = (message: string, expected: string, received: string): never => {
    throw new CdlmError("DATA_INVALID", message, { ...place, expected, received });
  };
  if (words.length === 0) refuse("a sentence without words", "at least one word", "none");
  const empty = words.indexOf("");
  if (empty >= 0) refuse("an empty token", "a token of at least one character", `"" as token ${empty + 1}`);
  if (tags.length !== words.length) refuse("words and tags differ", `${words.length} tags`, `${tags.length}`);
  if ((text === undefined) !== (offsets === undefined)) {
    refuse("text and offsets belong together", "both or neither", text === undefined ? "offsets" : "text");
  }
  if (offsets && offsets.length !== words.length) {
    refuse("words and offsets differ", `${words.length} offsets`, `${offsets.length}`);
  }
}
