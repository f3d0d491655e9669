import { CdlmError } from "../errors.js";
import { parseTag } from "./tag-scheme.js";

/** The IOB2 tags of a set of entity types, in the one order that models and files use: O, B-a, I-a, B-b, I-b, … */
export class TagSet {
  /** Entity types, sorted by code unit, each once. */
  readonly types: readonly string[];
  /** 2·types + 1 tags; `tags[0]` is O. */
  readonly tags: readonly string[];
  private readonly indices: ReadonlyMap<string, number>;

  /**
   * @param types names of entity types, in any order, repeated or not
   * @throws CdlmError DATA_INVALID when a name is empty or holds white space
   */
  constructor(types: Iterable<string>) {
    this.types = [...new Set(types)].sort();
    this.tags = ["O", ...this.types.flatMap((type) => [`B-${type}`, `I-${type}`])];
    for (const tag of this.tags) parseTag(tag);
    this.indices = new Map(this.tags.map((tag, index) => [tag, index]));
  }

  /**
   * The tag set of the types that occur in `sentences`, whatever their scheme.
   * @throws CdlmError DATA_INVALID on a malformed tag
   */
  static of(sentences: Iterable<readonly string[]>): TagSet {
    const types = new Set<string>();
    for (const sentence of sentences) for (const tag of sentence) types.add(parseTag(tag).type);
    types.delete("");
    return new TagSet(types);
  }

  /** Y: the number of tags. */
  get size(): number {
    return this.tags.length;
  }

  has(tag: string): boolean {
    return this.indices.has(tag);
  }

  /**
   * Position of a tag, 0 … size − 1.
   * @throws CdlmError LABEL_MISMATCH when the set does not hold it
   */
  indexOf(tag: string): number {
    const index = this.indices.get(tag);
    if (index !== undefined) return index;
    throw new CdlmError("LABEL_MISMATCH", "the model does not know this tag", {
      expected: this.types.length > 0 ? `O, or B- or I- of: ${this.types.join(", ")}` : "O",
      received: JSON.stringify(tag),
    });
  }
}

/**
 * Which tag may follow which: `I-x` only after `B-x` or `I-x`, anything else always.
 * @returns (Y+1) × Y, row-major, 1 allowed and 0 not; row = tag before, the last row = start of the sentence
 */
export function validTransitions(tags: TagSet): Float32Array {
  const size = tags.size;
  const table = new Float32Array((size + 1) * size).fill(1);
  for (let next = 2; next < size; next += 2) {
    for (let before = 0; before <= size; before++) {
      // In the fixed order an I stands at an even position, directly behind the B of its type.
      if (before !== next && before !== next - 1) table[before * size + next] = 0;
    }
  }
  return table;
}
