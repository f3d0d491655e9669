import { CdlmError } from "../errors.js";
import { parseTag } from "./tag-scheme.js";

/** A mention: words `start` (included) to `end` (excluded) of its sentence, counted from 0. */
export interface Span {
  start: number;
  end: number;
  type: string;
}

/**
 * What an `I-x` means that does not continue a mention of type x: "conll", it opens one (conlleval's rule, the one
 * that scores use); "strict", it belongs to none (seqeval's strict mode).
 */
export type SpanReading = "conll" | "strict";

/**
 * Mentions in a sentence's IOB2 tags, in order of their place.
 * @throws CdlmError DATA_INVALID on a tag that is not IOB2
 */
export function spansOf(tags: readonly string[], reading: SpanReading = "conll"): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  tags.forEach((tag, index) => {
    const { prefix, type } = parseTag(tag);
    if (prefix === "E" || prefix === "S") throw notIob2(tag, index);
    if (prefix === "I" && open?.type === type) {
      open.end = index + 1;
      return;
    }
    open = undefined;
    if (prefix === "B" || (prefix === "I" && reading === "conll")) {
      open = { start: index, end: index + 1, type };
      spans.push(open);
    }
  });
  return spans;
}

/**
 * IOB2 tags of a sentence of `length` words that holds `spans`, in any order.
 * @throws CdlmError DATA_INVALID when a span is empty, leaves the sentence or overlaps another
 */
export function tagsOf(spans: Iterable<Span>, length: number): string[] {
  const tags = new Array<string>(length).fill("O");
  for (const { start, end, type } of spans) {
    const inside =
      Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= length;
    if (!inside || tags.slice(start, end).some((tag) => tag !== "O")) {
      throw new CdlmError("DATA_INVALID", `the span of type "${type}" cannot be written as tags`, {
        expected: `a span of at least one word within 0 to ${length}, apart from all others`,
        received: `${start} to ${end}`,
      });
    }
    tags.fill(`I-${type}`, start, end);
    tags[start] = `B-${type}`;
  }
  return tags;
}

function notIob2(tag: string, index: number): CdlmError {
  return new CdlmError("DATA_INVALID", `tag ${index + 1} of the sentence is not IOB2`, {
    expected: "O, B-… or I-…",
    received: JSON.stringify(tag),
  });
}

/** Equal for spans of the same borders and type. */
export const identityOf = ({ start, end, type }: Span): string => `${start} ${end} ${type}`;
