import type { TagSet } from "../text/tag-set.js";
import { CdlmError } from "../errors.js";

/** The nodes of a label graph over a tag set, and which tag belongs to which. Node 0 is O. */
export interface LabelNodes {
  /** L. */
  count: number;
  /** Entity type of each node, undefined for O's. */
  types: readonly (string | undefined)[];
  /** Node of each tag [Y]. */
  ofTag: Int32Array;
}

/**
 * @param kind one node for O and one per type, or one per tag (METHOD 2.4)
 * @throws CdlmError DATA_INVALID for a tag set without entity types: O alone has no relation to anything
 */
export function labelNodes({ tags, types }: TagSet, kind: "types" | "tags"): LabelNodes {
  if (types.length === 0)
    throw new CdlmError("DATA_INVALID", "a label graph needs entity types, and the training data has none", {
      expected: "at least one entity",
      received: "only O",
    });
  if (kind === "tags")
    return {
      count: tags.length,
      types: tags.map((tag) => (tag === "O" ? undefined : tag.slice(2))),
      ofTag: Int32Array.from(tags.keys()),
    };
  // Tags stand in the order O, B-a, I-a, B-b, …
  const ofTag = Int32Array.from(tags, (_, tag) => Math.ceil(tag / 2));
  return { count: types.length + 1, types: [undefined, ...types], ofTag };
}

/** Means of softmax(scores / θ) over the words of each group, e.g. each label node (METHOD 2.1). */
export class SoftMeans {
  readonly #sums: Float64Array[];
  readonly #counts: Float64Array;

  constructor(
    groups: number,
    /** Y of the model that predicts. */
    private readonly tags: number,
    /** θ */
    private readonly temperature: number,
  ) {
    this.#sums = Array.from({ length: groups }, () => new Float64Array(tags));
    this.#counts = new Float64Array(groups);
  }

  /**
   * @param scores [words, Y]
   * @param groups of each word; -1 counts nowhere
   */
  add(scores: Float32Array, groups: ArrayLike<number>): void {
    const { tags, temperature } = this;
    for (let word = 0; word < groups.length; word++) {
      const group = groups[word]!;
      if (group < 0) continue;
      const row = scores.subarray(word * tags, (word + 1) * tags);
      const largest = Math.max(...row);
      const exps = Float64Array.from(row, (score) => Math.exp((score - largest) / temperature));
      const total = exps.reduce((a, b) => a + b, 0);
      exps.forEach((value, tag) => (this.#sums[group]![tag]! += value / total));
      this.#counts[group]!++;
    }
  }

  /** [groups, Y]; the uniform vector for a group without words. */
  means(): Float64Array[] {
    return this.#sums.map((sum, k) => {
      const count = this.#counts[k]!;
      return sum.map((value) => (count > 0 ? value / count : 1 / this.tags));
    });
  }
}

/** Node of each word, -1 where its tag is. */
export const nodesOf = (tags: Int32Array, { ofTag }: LabelNodes): Int32Array =>
  tags.map((tag) => (tag < 0 ? -1 : ofTag[tag]!));

/** Columns of tags added up to columns of nodes. */
export function collapsed(row: Float64Array, { ofTag, count }: LabelNodes): Float64Array {
  const sums = new Float64Array(count);
  row.forEach((value, tag) => (sums[ofTag[tag]!]! += value));
  return sums;
}
