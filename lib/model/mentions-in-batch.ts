/** First word and number of words. */
export type WordRange = readonly [first: number, length: number];

/**
 * Mentions in the tag indices of a packed batch, by CoNLL's rule, with the place of their type in the tag set's list.
 * @param tags O is 0, B-x odd, I-x even; below 0: unknown, as O
 * @param words [sentences, 2] first word and number of words of each sentence
 */
export function mentionsIn(
  tags: ArrayLike<number>,
  words: ArrayLike<number>,
): { spans: WordRange[]; types: number[] } {
  const [spans, types] = [[] as WordRange[], [] as number[]];
  for (let s = 0; s < words.length; s += 2) {
    const [first, end] = [words[s]!, words[s]! + words[s + 1]!];
    for (let word = first; word < end;) {
      const tag = tags[word]!;
      let next = word + 1;
      if (tag > 0) {
        const inside = tag + (tag % 2);
        while (next < end && tags[next] === inside) next++;
        spans.push([word, next - word]);
        types.push(inside / 2 - 1);
      }
      word = next;
    }
  }
  return { spans, types };
}

/** What pools the words of mentions: their ranges, and each word's share of its mention's mean. Without mentions one of no word. */
export function spanInputs(spans: readonly WordRange[], words: number) {
  const spanWeights = new Float32Array(words);
  for (const [first, length] of spans) spanWeights.fill(1 / length, first, first + length);
  return { spans: Int32Array.from(spans.length > 0 ? spans.flat() : [0, 0]), spanWeights };
}

/** Gold mentions as `typeScores` reads them, with the type of each, -1 where there is none. Arguments as of `mentionsIn`. */
export function mentionInputs(gold: Int32Array, words: ArrayLike<number>) {
  const { spans, types } = mentionsIn(gold, words);
  return { ...spanInputs(spans, gold.length), spanTypes: Int32Array.from(spans.length > 0 ? types : [-1]) };
}
