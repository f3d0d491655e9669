import { identityOf, spansOf, type Span } from "../text/spans.js";
import type { TaggedSentences } from "./span-scores.js";

/** The mentions that were found, each with its sentence and whether gold has one of its borders and type. */
export function judged<M extends Span>(
  gold: TaggedSentences,
  found: readonly (readonly M[])[],
): (M & { sentence: number; correct: boolean })[] {
  return gold.flatMap((tags, sentence) => {
    const wanted = new Set(spansOf(tags).map(identityOf));
    return found[sentence]!.map((mention) => ({
      ...mention,
      sentence,
      correct: wanted.has(identityOf(mention)),
    }));
  });
}
