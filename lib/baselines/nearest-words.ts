import type { Sentence } from "../data/sentence.js";
import { matmul } from "../graph/ops/matmul.js";
import { rowMax } from "../graph/ops/row-max.js";
import { Graph } from "../graph/tensor.js";
import { cutSentences, type Passage } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";
import type { Program } from "../native/engine.js";
import { TagSet } from "../text/tag-set.js";
import { joinWindows } from "../text/windows.js";
import { analysed } from "../training/analysed.js";
import { concatenated, normalised } from "./vectors.js";

/** Support words that are compared at once. */
const rowsAtOnce = 4096;

/**
 * How far words are from the nearest support word of each tag (NNShot: Yang and Katiyar 2020; METHOD 9). Tags are IO:
 * 0 is O, 1 + k the k-th type.
 */
export class NearestWords {
  private constructor(
    private readonly model: TaggerModel,
    /** Unit vectors of the support words of each tag, in parts [rows, d]. */
    private readonly support: readonly (readonly Float32Array[])[],
    private readonly products: Program,
  ) {}

  /** @param model trained on the source, and left as it is */
  static async of(
    model: TaggerModel,
    sentences: readonly Sentence[],
    types: readonly string[],
    signal?: AbortSignal,
  ): Promise<NearestWords> {
    const tagSet = new TagSet(types);
    const cuts = await cutSentences(sentences, model, tagSet);
    const rows: Float32Array[][] = [[], ...types.map(() => [])];
    const d = model.config.hidden_size;
    for await (const { vectors, gold } of analysed(
      model,
      cuts.flatMap(({ passages }) => passages),
      signal,
    ))
      // prettier-ignore
      gold.forEach((tag, word) => {
        if (tag >= 0) rows[Math.ceil(tag / 2)]!.push(normalised(vectors.subarray(word * d, (word + 1) * d)));
      });
    return new NearestWords(model, rows.map((words) => concatenated(words, rowsAtOnce)), model.engine.program(largestProducts(d))); // prettier-ignore
  }

  /** Minus the squared distance of every word to the nearest support word of each tag, [words][tags]; at least -4. */
  async scores(sentences: readonly (readonly string[])[], signal?: AbortSignal): Promise<Float32Array[][]> {
    const cuts = await cutSentences(sentences.map((words) => ({ words })), this.model); // prettier-ignore
    const rows = new Map<Passage, Float32Array[]>();
    const passages = cuts.flatMap((cut) => cut.passages);
    for await (const { batch, vectors } of analysed(this.model, passages, signal)) {
      const scores = await this.#scoresOf(vectors, signal);
      let word = 0;
      for (const passage of batch) rows.set(passage, scores.slice(word, (word += passage.words.length)));
    }
    return cuts.map(
      (cut) =>
      joinWindows(cut.passages.map(({ window }) => window), cut.passages.map((passage) => rows.get(passage)!)), // prettier-ignore
    );
  }

  async #scoresOf(vectors: Float32Array, signal?: AbortSignal): Promise<Float32Array[]> {
    const d = this.model.config.hidden_size;
    const words = Array.from({ length: vectors.length / d }, (_, k) => normalised(vectors.subarray(k * d, (k + 1) * d))); // prettier-ignore
    const queries = concatenated(words, words.length)[0]!;
    const scores = words.map(() => new Float32Array(this.support.length).fill(-4));
    for (const [tag, parts] of this.support.entries())
      for (const support of parts) {
        const { largest } = await this.products.run({ queries, support }, { signal });
        // ‖a - b‖² = 2 - 2 a·b for unit vectors.
        largest!.forEach((product, k) => (scores[k]![tag] = Math.max(scores[k]![tag]!, 2 * product - 2)));
      }
    return scores;
  }
}

/** `largest` [words, 1]: of the products of each query [words, d] with the support [rows, d]. */
function largestProducts(d: number) {
  const graph = new Graph();
  const queries = graph.input("queries", "f32", ["words", d]);
  const support = graph.input("support", "f32", ["rows", d]);
  return { outputs: { largest: rowMax(matmul(queries, support, { transposeB: true })) } };
}
