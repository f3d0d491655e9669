import { spansOf, tagsOf, type Span } from "../text/spans.js";

/** Type of each word's mention, undefined outside: IO tags, which do not tell touching mentions of a type apart. */
export function typesOfWords(tags: readonly string[]): (string | undefined)[] {
  const types = new Array<string | undefined>(tags.length).fill(undefined);
  for (const { start, end, type } of spansOf(tags)) types.fill(type, start, end);
  return types;
}

/** IOB2 tags in which every run of words of one type is one mention. */
export function tagsOfTypes(types: readonly (string | undefined)[]): string[] {
  const spans: Span[] = [];
  types.forEach((type, word) => {
    const last = spans.at(-1);
    if (type === undefined) return;
    if (last?.end === word && last.type === type) last.end++;
    else spans.push({ start: word, end: word + 1, type });
  });
  return tagsOf(spans, types.length);
}
