import { streamBatches } from "./data/stream-batches.js";
import type { CalibrationMethod } from "./eval/calibration.js";
import type { JudgeOptions, Verdict } from "./judge.js";
import type { DeviceOptions } from "./native/create-engine.js";
import type { TaggerModel } from "./model/tagger-model.js";
import type { AnsweredTypes } from "./model/answered-types.js";
import type { Mention } from "./model/mentions.js";
import { entitiesOf, type Entity } from "./text/entities.js";
import { splitWords } from "./text/word-split.js";

export interface RecognizeOptions {
  /** Ends the call after the running op; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Words done, and in all. */
  onProgress?: (done: number, total: number) => void;
}

export interface LoadOptions extends DeviceOptions {
  /**
   * Of a model that was adapted with `keep`: its own types, those of its source, or all, where a type that both have is
   * the model's own. All takes a second pass over the text. Default: own.
   */
  types?: AnsweredTypes;
  signal?: AbortSignal;
}

export interface StreamOptions extends RecognizeOptions {
  /** Word pieces that are collected before they are run together; 1 … 65,536. */
  batchPieces?: number;
}

/** A sentence of given words, tagged. */
export interface TaggedSentence {
  /** IOB2, one per word. */
  tags: string[];
  /** The mentions that the tags hold, by their words. */
  mentions: (Mention & Partial<Verdict>)[];
  /** As of `RecognizedDocument`. */
  windows: number;
  warnings: string[];
}

/** A text and the entities found in it. Offsets are UTF-16 units, as JavaScript's `slice` counts them. */
export interface RecognizedDocument {
  text: string;
  /** With the verdicts of a judge, where there is one. */
  entities: (Entity & Partial<Verdict>)[];
  /** More than 1: the text was longer than the encoder's positions and was read in overlapping windows. */
  windows: number;
  /** What could not be read in full. */
  warnings: string[];
}

/**
 * Finds entities in texts with a trained model.
 *
 * @example
 * await using ner = await Recognizer.load("music-model");
 * const [doc] = await ner.recognize(["Nina Simone sang in Paris."]);
 * for (const { start, end, type } of doc.entities) console.log(type, doc.text.slice(start, end));
 */
export class Recognizer implements AsyncDisposable {
  private constructor(
    /** @internal what explaining reads */
    readonly model: TaggerModel,
    /** Whose mentions are put beside those of `model`. */
    private readonly beside?: TaggerModel,
    private readonly judge?: JudgeOptions,
  ) {}

  /**
   * Loads a model folder, or a fine-tuned `BertForTokenClassification` folder.
   * @throws CdlmError FILE_*, ARCHITECTURE_UNSUPPORTED, VERSION_UNSUPPORTED, ADDON_MISSING, DEVICE_UNAVAILABLE;
   * INVALID_OPTION for kept types of a model that keeps none
   */
  static async load(
    folder: string,
    { signal, types = "own", ...device }: LoadOptions = {},
  ): Promise<Recognizer> {
    signal?.throwIfAborted();
    // Imported when first used: requiring the package stays quick.
    const { openTagger } = await import("./model/open-tagger.js");
    const { answering } = await import("./model/answered-types.js");
    const loaded = await openTagger(folder, device);
    try {
      const { model, beside } = answering(loaded, types);
      return new Recognizer(model, beside);
    } catch (error) {
      await loaded.dispose();
      throw error;
    }
  }

  /**
   * The same recogniser, whose unsure entities a language model decides: those under `threshold`, the least sure first,
   * within `budget` questions a text. Disposing of either frees the model; the language model stays yours.
   */
  judgedBy(judge: JudgeOptions): Recognizer {
    return new Recognizer(this.model, this.beside, judge);
  }

  /** Entity types of its answers, sorted. */
  get types(): readonly string[] {
    const others = this.beside?.tagSet.types ?? [];
    return [...new Set([...this.model.tagSet.types, ...others])].sort();
  }

  /** Where and how the model computes. */
  get device(): { device: string; level: string; threads: number; precision: string } {
    const { device, level, threads, precision } = this.model.engine;
    return { device, level, threads, precision };
  }

  /** How confidences were fitted on dev data; null: they are the model's posteriors, which are mostly too high. */
  get calibration(): CalibrationMethod | null {
    return this.model.calibration?.method ?? null;
  }

  /** Documents in the order of the texts; batches are made inside. */
  async recognize(texts: readonly string[], options: RecognizeOptions = {}): Promise<RecognizedDocument[]> {
    const words = texts.map(splitWords);
    const tagged = await this.tagWords(words.map((list) => list.map(({ text }) => text)), options); // prettier-ignore
    return tagged.map(({ mentions, windows, warnings }, k) => {
      const text = texts[k]!;
      return { text, entities: entitiesOf(text, words[k]!, mentions), windows, warnings };
    });
  }

  /** Tags sentences that are already split into words. */
  async tagWords(
    sentences: readonly (readonly string[])[],
    options: RecognizeOptions = {},
  ): Promise<TaggedSentence[]> {
    const own = await taggedBy(this.model, sentences, options);
    const tagged = this.beside ? await this.#withKept(own, this.beside, sentences, options) : own;
    if (!this.judge) return tagged;
    const { judgeMentions } = await import("./judge.js");
    return judgeMentions(sentences, tagged, { ...this.judge, types: this.types, signal: options.signal });
  }

  async #withKept(
    own: TaggedSentence[],
    beside: TaggerModel,
    sentences: readonly (readonly string[])[],
    { signal }: RecognizeOptions,
  ): Promise<TaggedSentence[]> {
    const { besideOwn } = await import("./model/answered-types.js");
    const kept = await taggedBy(beside, sentences, signal ? { signal } : {});
    const { types } = this.model.tagSet;
    return own.map((sentence, k) => ({ ...sentence, ...besideOwn(sentence.mentions, kept[k]!.mentions, types, sentence.tags.length) })); // prettier-ignore
  }

  /**
   * Documents one after another, in order; texts are drawn only as fast as documents are taken. When `texts` fails, the
   * documents of the texts before come first.
   */
  async *stream(
    texts: AsyncIterable<string> | Iterable<string>,
    { batchPieces = 4096, ...options }: StreamOptions = {},
  ): AsyncGenerator<RecognizedDocument> {
    const unitsPerPiece = 4; // UTF-16 units, about
    const sizeOf = (text: string) => text.length / unitsPerPiece + 1;
    for await (const batch of streamBatches(texts, sizeOf, batchPieces))
      yield* await this.recognize(batch, options);
  }

  /** Waits for running work and frees the model. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.model.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

async function taggedBy(
  model: TaggerModel,
  sentences: readonly (readonly string[])[],
  options: RecognizeOptions,
): Promise<TaggedSentence[]> {
  const scored = await model.tagSentences(sentences, options);
  const mentions = await model.mentionsOf(scored, options.signal);
  return scored.map(({ tags, windows, warnings }, k) => ({
    tags,
    mentions: mentions[k]!,
    windows,
    warnings,
  }));
}
