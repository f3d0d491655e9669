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
