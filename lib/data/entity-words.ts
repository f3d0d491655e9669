import { CdlmError } from "../errors.js";
import { spansOf, tagsOf } from "../text/spans.js";
import { splitWords } from "../text/word-split.js";
import { offsetsOf, type Place, type Sentence, type WordOffsets } from "./sentence.js";

/** An entity in a text; offsets count UTF-16 code units, `end` is excluded. */
export interface TextEntity {
  start: number;
  end: number;
  type: string;
  /** The entity's words; when given they must be what stands there. */
  text?: string | undefined;
}

/**
 * Splits a text into words and tags them. A word with an entity's border inside is split there, so that every entity
 * consists of whole words. White space at an entity's ends is not part of it.
 * @throws CdlmError DATA_INVALID for an entity that leaves the text, cuts a character, overlaps another, covers no
 * word, or is not the text it claims
 */
export function tagText(text: string, entities: readonly TextEntity[], place: Place = {}): Sentence {
  const sorted = [...entities].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const [index, entity] of sorted.entries()) {
    requireInside(text, entity, place);
    const before = sorted[index - 1];
    if (before && entity.start < before.end)
      refuse(entity, "overlaps another", `a start behind ${shown(before)}`, place);
  }
  const borders = sorted.flatMap(({ start, end }) => [start, end]);
  const offsets = splitAt(splitWords(text), borders);
  const spans = sorted.map((entity) => {
    const start = offsets.findIndex(([from, to]) => entity.start <= from && to <= entity.end);
    if (start < 0) refuse(entity, "covers no word", "at least one word", place);
    const after = offsets.findIndex(([from]) => from >= entity.end);
    return { start, end: after < 0 ? offsets.length : after, type: entity.type };
  });
  const words = offsets.map(([start, end]) => text.slice(start, end));
  return { words, tags: tagsOf(spans, words.length), text, offsets };
}

/** The mentions of a sentence's tags, where they are in `textOf` the sentence. */
export function entitiesOf(sentence: Pick<Sentence, "words" | "tags" | "offsets">): TextEntity[] {
  const offsets = offsetsOf(sentence);
  return spansOf(sentence.tags).map(({ start, end, type }) => {
    return { start: offsets[start]![0], end: offsets[end - 1]![1], type };
  });
}

/** @param borders ascending */
function splitAt(
  words: readonly { start: number; end: number }[],
  borders: readonly number[],
): WordOffsets[] {
  return words.flatMap(({ start, end }) => {
    const inner = borders.filter(
      (border, index) => start < border && border < end && border !== borders[index - 1],
    );
    const cuts = [start, ...inner, end];
    return inner.length === 0
      ? [[start, end] as const]
      : cuts.slice(1).map((to, index) => [cuts[index]!, to] as const);
  });
}

function requireInside(text: string, entity: TextEntity, place: Place): void {
  const { start, end } = entity;
  if (!(0 <= start && start < end && end <= text.length)) {
    refuse(entity, "is out of range", `0 ≤ start < end ≤ ${text.length}, the length of the text`, place);
  }
  if (cutsCharacter(text, start) || cutsCharacter(text, end)) {
    refuse(entity, "cuts a character", "borders between characters (offsets count UTF-16 code units)", place);
  }
  const found = text.slice(start, end);
  if (entity.text !== undefined && entity.text !== found) {
    const hint = `${JSON.stringify(entity.text)} there (offsets count UTF-16 code units)`;
    refuse(entity, `is ${JSON.stringify(found)} in the text`, hint, place);
  }
}

function cutsCharacter(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}

function shown({ start, end, type }: TextEntity): string {
  return `${type} at ${start} to ${end}`;
}

function refuse(entity: TextEntity, what: string, expected: string, place: Place): never {
  throw new CdlmError("DATA_INVALID", `an entity ${what}`, { ...place, expected, received: shown(entity) });
}
