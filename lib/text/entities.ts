import type { Span } from "./spans.js";
import type { Word } from "./word-split.js";

/** A mention in a text: UTF-16 units [start, end), `source.slice(start, end) === text`. */
export interface Entity {
  start: number;
  end: number;
  text: string;
  type: string;
  /** 0 … 1: the share of such mentions that are right, if the model is calibrated. */
  confidence: number;
}

/**
 * Entities of a text, in order of their place.
 * @param text the text that `words` were split from
 * @param mentions places among the words, with their confidences
 */
export function entitiesOf<M extends Span & { confidence: number; posterior?: number }>(
  text: string,
  words: readonly Pick<Word, "start" | "end">[],
  mentions: readonly M[],
): (Entity & Omit<M, keyof Span | "posterior">)[] {
  return mentions.map((mention) => {
    const start = words[mention.start]!.start;
    const end = words[mention.end - 1]!.end;
    const { start: _, end: __, posterior: ___, type, ...rest } = mention;
    return { start, end, text: text.slice(start, end), type, ...rest };
  });
}
