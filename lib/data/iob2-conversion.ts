import { CdlmError } from "../errors.js";
import { detectScheme, parseTag, toIob2, type TagScheme } from "../text/tag-scheme.js";
import { requireWellFormed, type Sentence } from "./sentence.js";
import type { ReadOptions } from "./text-lines.js";

export interface ReadTaggedOptions extends ReadOptions {
  /** Hears, when the file has been read, which scheme it was written in. */
  onScheme?: ((scheme: TagScheme) => void) | undefined;
}

/** A sentence as its file has it: the tags may be of any scheme. */
export interface TaggedRecord {
  sentence: Sentence;
  /** Line of the file where it begins, counted from 1. */
  line: number;
}

/**
 * Rewrites the records of one file in IOB2, one by one.
 *
 * A stream cannot wait for the end of the file to know its scheme, and need not: read as BIOES, of whose letters IOB1
 * and IOB2 use a part, the tags of all three schemes become the same IOB2.
 * @throws CdlmError DATA_INVALID for a record whose parts do not belong together or whose tags belong to no scheme;
 * DATA_EMPTY when there was no record
 */
export async function* convertToIob2(
  file: string,
  records: AsyncIterable<TaggedRecord>,
  onScheme?: (scheme: TagScheme) => void,
): AsyncGenerator<Sentence> {
  const patterns = new Set<string>();
  for await (const { sentence, line } of records) {
    requireWellFormed(sentence, { file, line });
    for (const tag of sentence.tags) parseTag(tag, { file, line });
    patterns.add(patternOf(sentence.tags));
    yield { ...sentence, tags: toIob2(sentence.tags, "BIOES") };
  }
  if (patterns.size === 0) {
    throw new CdlmError("DATA_EMPTY", "the file holds no sentences", {
      file,
      expected: "at least one sentence",
    });
  }
  onScheme?.(detectScheme([...patterns].map((pattern) => pattern.split(" "))));
}

/** A tag sequence without repetitions: all that tells schemes apart, in few distinct strings. */
function patternOf(tags: readonly string[]): string {
  return tags.filter((tag, index) => tag !== tags[index - 1]).join(" ");
}
