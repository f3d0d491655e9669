import { CdlmError } from "../errors.js";
import { spansOf } from "./spans.js";
import type { Word } from "./word-split.js";

/** A mention in a text: UTF-16 units [start, end), `source.slice(start, end) === text`. */
export interface Entity {
  start: number;
  end: number;
  text: string;
  type: string;
  /** 0 … 1: the lowest confidence of its words, since one wrong tag makes the whole mention wrong. */
  confidence: number;
}

/**
 * Entities of a text, in order of their place.
 * @param text the text that `words` were split from
 * @param tags one IOB2 tag per word
 * @param confidences probability of each word's tag, 0 … 1
 * @throws CdlmError SHAPE_MISMATCH when the lengths differ; DATA_INVALID on a tag that is not IOB2
 */
export function entitiesOf(
  text: string,
  words: readonly Pick<Word, "start" | "end">[],
  tags: readonly string[],
  confidences: ArrayLike<number>,
): Entity[] {
  if (tags.length !== words.length || confidences.length !== words.length) {
    throw new CdlmError("SHAPE_MISMATCH", "a tag and a confidence are needed for every word", {
      expected: `${words.length} of each`,
      received: `${tags.length} tags, ${confidences.length} confidences`,
    });
  }
  return spansOf(tags).map((span) => {
    const start = words[span.start]!.start;
    const end = words[span.end - 1]!.end;
    let confidence = 1;
    for (let word = span.start; word < span.end; word++)
      confidence = Math.min(confidence, confidences[word]!);
    return { start, end, text: text.slice(start, end), type: span.type, confidence };
  });
}
