import { SafetensorsFile } from "../files/safetensors.js";
import { loadParameters } from "../files/parameter-file.js";
import type { Roots } from "../graph/roots.js";
import { Slot } from "../native/contract.js";
import type { Engine, Program } from "../native/engine.js";
import { createEngine, type DeviceOptions } from "../native/create-engine.js";
import type { ParameterSpec } from "../nn/scope.js";
import { TagSet } from "../text/tag-set.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { newCdlmFile, type CdlmFile } from "./cdlm-file.js";
import type { EncoderConfig } from "./encoder-config.js";
import { foreignLabels, reorderHead } from "./foreign-head.js";
import { initialise, writeFloats } from "./initialise.js";
import {
  namedAsIn,
  readModelFolder,
  weightsFile,
  writeModelFolder,
  type ModelFolder,
} from "./model-folder.js";
import { batchInputs, type Passage } from "./passages.js";
import { tagSentences, type TaggedSentence, type TaggingOptions } from "./tagging.js";
import { predictionGraph, trainingGraph, type TaggerConfig } from "./tagger.js";

/** What a new head and its surroundings are made of. */
export interface HeadOptions {
  types: readonly string[];
  wordShape: boolean;
  decoding: CdlmFile["decoding"];
  seed: number;
}

/** A tagger on an engine: its parameters, its programs, and how it is read from and written to a folder. */
export class TaggerModel {
  readonly tagSet: TagSet;
  readonly parameters: readonly ParameterSpec[];
  readonly training: Program;
  readonly prediction: Program;
  readonly #trainingRoots: Roots;
  #accumulatingProgram: Program | undefined;

  private constructor(
    readonly engine: Engine,
    readonly config: EncoderConfig,
    readonly tokenizer: Tokenizer,
    readonly options: Omit<HeadOptions, "seed">,
  ) {
    this.tagSet = new TagSet(options.types);
    const shape: TaggerConfig = { encoder: config, tags: this.tagSet.size, wordShape: options.wordShape };
    const { roots, parameters } = trainingGraph(shape);
    this.parameters = parameters;
    this.#trainingRoots = roots;
    this.training = engine.program(roots);
    this.prediction = engine.program(predictionGraph(shape).roots);
  }

  /** A trained model, ready to predict; also a fine-tuned Hugging Face folder. */
  static async load(folder: string, device: DeviceOptions = {}): Promise<TaggerModel> {
    const read = await readModelFolder(folder);
    const labels = read.cdlm ? undefined : foreignLabels(read.config, `${folder}/config.json`);
    const { types, wordShape, decoding } = read.cdlm ?? {
      types: TagSet.of([labels!]).types,
      wordShape: false,
      decoding: "viterbi" as const,
    };
    return TaggerModel.#onEngine(read, { types, wordShape, decoding }, device, async (model) => {
      if (labels) await model.#loadForeign(folder, labels);
      else await model.#loadWeights(folder, model.parameters);
    });
  }

  /** The encoder of a folder (an encoder's or a model's) with a new head. */
  static async withNewHead(folder: string, { seed, ...options }: HeadOptions, device: DeviceOptions = {}) {
    const read = await readModelFolder(folder);
    return TaggerModel.#onEngine(read, options, device, async (model) => {
      const hasShapes = read.cdlm?.wordShape ?? false;
      const isNew = ({ name, group }: ParameterSpec) =>
        group === "head" || (name.startsWith("embeddings.word_shape") && !hasShapes);
      await initialise(model.engine, model.parameters.filter(isNew), seed);
      await model.#loadWeights(folder, model.parameters.filter((spec) => !isNew(spec))); // prettier-ignore
    });
  }

  static async #onEngine(
    { config, tokenizer }: ModelFolder,
    options: Omit<HeadOptions, "seed">,
    device: DeviceOptions,
    fill: (model: TaggerModel) => Promise<void>,
  ): Promise<TaggerModel> {
    const engine = createEngine(device);
    try {
      const model = new TaggerModel(engine, config, tokenizer, options);
      await fill(model);
      return model;
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  }

  /** Most pieces that the encoder reads at once, [CLS] and [SEP] included. */
  get maxPositions(): number {
    return this.config.max_position_embeddings;
  }

  /**
   * Loss of a batch; its gradients are in the engine afterwards, added to those that were there if `accumulate`.
   * @param key (seed, step) of the random numbers
   */
  async lossOf(
    passages: readonly Passage[],
    key: readonly [number, number],
    { signal, accumulate = false }: { signal?: AbortSignal | undefined; accumulate?: boolean } = {},
  ): Promise<number> {
    const inputs = batchInputs(passages, this.tokenizer, this.maxPositions);
    const program = accumulate ? this.#accumulating() : this.training;
    const { loss } = await program.run({ ...inputs, key: Int32Array.from(key) }, { signal });
    return loss![0]!;
  }

  #accumulating(): Program {
    return (this.#accumulatingProgram ??= this.engine.program({ ...this.#trainingRoots, accumulate: true }));
  }

  /** Best tags of whole sentences, however long. */
  tagSentences(
    sentences: readonly (readonly string[])[],
    options: TaggingOptions = {},
  ): Promise<TaggedSentence[]> {
    return tagSentences(this, sentences, options);
  }

  async save(folder: string, provenance: Record<string, unknown>): Promise<void> {
    const cdlm = newCdlmFile({ ...this.options, types: [...this.tagSet.types], provenance });
    await writeModelFolder(folder, this.engine, this.parameters, { ...this, cdlm });
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }

  async #loadWeights(folder: string, specs: readonly ParameterSpec[]): Promise<void> {
    await using file = await SafetensorsFile.open(weightsFile(folder));
    await loadParameters(this.engine, file, namedAsIn(file, specs));
  }

  /** A head whose labels stand in another order is loaded as it is and then put in ours. */
  async #loadForeign(folder: string, labels: readonly string[]): Promise<void> {
    await using file = await SafetensorsFile.open(weightsFile(folder));
    const encoder = this.parameters.filter(({ group }) => group === "encoder");
    await loadParameters(this.engine, file, namedAsIn(file, encoder));
    const width = this.config.hidden_size;
    const foreign = [
      { name: "foreign.weight", shape: [labels.length, width], parts: [{ name: "classifier.weight", shape: [labels.length, width] }] }, // prettier-ignore
      {
        name: "foreign.bias",
        shape: [labels.length],
        parts: [{ name: "classifier.bias", shape: [labels.length] }],
      },
    ];
    await loadParameters(this.engine, file, foreign);
    const weight = await this.engine.read("foreign.weight", Slot.value, 0, labels.length * width);
    const bias = await this.engine.read("foreign.bias", Slot.value, 0, labels.length);
    const ordered = reorderHead(weight, bias, labels, this.tagSet);
    await initialise(this.engine, this.parameters.filter(({ group }) => group === "head"), 0); // prettier-ignore
    await writeFloats(this.engine, "classifier.weight", ordered.weight);
    await writeFloats(this.engine, "classifier.bias", ordered.bias);
  }
}
