import { CdlmError } from "../errors.js";
import type { Calibration } from "../eval/calibration.js";
import type { StoredTensor } from "../files/stored-tensor.js";
import type { Roots } from "../graph/roots.js";
import type { NativeTensors } from "../native/contract.js";
import type { Engine, Program } from "../native/engine.js";
import type { ParameterSpec } from "../nn/scope.js";
import { TagSet } from "../text/tag-set.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { batchInputs } from "./batch-inputs.js";
import { newCdlmFile, plainMethod, type KeptHead, type ModelOptions } from "./cdlm-file.js";
import type { EncoderConfig } from "./encoder-config.js";
import { labelNodes, type LabelNodes } from "./label-nodes.js";
import { mentionsOf, type Mention } from "./mentions.js";
import { writeModelFolder } from "./model-folder.js";
import { readsLabelGraph, type Objective } from "./objective.js";
import { causesOf, goldOf, packPassages, type Passage } from "./passages.js";
import { besideReplay, type Replay } from "./replay.js";
import {
  analysisGraph,
  counterfactualGraph,
  effectGraph,
  posteriorGraph,
  predictionGraph,
  trainingGraph,
} from "./tagger.js";
import { taggerConfig, trainingConfig } from "./tagger-config.js";
import { tagSentences, type ScoredSentence, type TaggingOptions } from "./tagging.js";
import { trainingInputs } from "./training-inputs.js";
import type { TaggerConfig } from "./word-scores.js";

const graphs = {
  prediction: predictionGraph,
  counterfactual: counterfactualGraph,
  effect: effectGraph,
  posterior: posteriorGraph,
  analysis: analysisGraph,
};

/** What a tagger is, before it has weights. */
export interface TaggerPlan {
  options: ModelOptions;
  /** Of a model that is to be trained. */
  objective?: Objective;
  kept?: KeptHead | null;
}

/** Loss of a batch, and what each part of the objective adds to it. */
export interface Losses {
  loss: number;
  parts: Record<string, number>;
}

/** A tagger on an engine: its parameters and its programs. `open-tagger.ts` gives it weights. */
export class TaggerModel {
  readonly options: ModelOptions;
  readonly objective: Objective | undefined;
  readonly tagSet: TagSet;
  readonly taggerConfig: TaggerConfig;
  /** Of the model, or of its objective alone. */
  readonly nodes: LabelNodes | undefined;
  /** Trained, where there is an objective; otherwise what prediction reads. */
  readonly parameters: readonly ParameterSpec[];
  readonly states: readonly StoredTensor[];
  /** What a folder of the model holds. */
  readonly saved: readonly StoredTensor[];
  /** The recogniser of the types that are kept of the source, on the same engine; disposing of either frees both. */
  readonly kept: TaggerModel | undefined;
  /** Where a head is kept, what is read again so that it stays. */
  replay: Replay | undefined;
  /** Null while a model is trained: it is fitted to the best epoch afterwards. */
  calibration: Calibration | null = null;
  readonly #trainingRoots: Roots | undefined;
  readonly #programs = new Map<string, Program>();

  constructor(
    readonly engine: Engine,
    readonly config: EncoderConfig,
    readonly tokenizer: Tokenizer,
    { options, objective, kept }: TaggerPlan,
    prefix: TaggerConfig["prefix"] = "",
  ) {
    this.options = options;
    this.objective = objective;
    this.tagSet = new TagSet(options.types);
    const { config: own, nodes } = taggerConfig(config, this.tagSet, options);
    const shape = { ...own, prefix };
    this.taggerConfig = shape;
    if (kept) this.kept = TaggerModel.#ofKept(this, kept);
    const aligned = objective && readsLabelGraph(objective);
    this.nodes = nodes ?? (aligned ? labelNodes(this.tagSet, objective.labelGraph.nodes) : undefined);
    const prediction = predictionGraph(shape);
    const training =
      objective && trainingGraph(trainingConfig(shape, objective), objective, this.kept?.taggerConfig);
    this.#trainingRoots = training?.roots;
    this.parameters = (training ?? prediction).parameters;
    this.states = (training ?? prediction).states;
    const keptHead = this.kept?.parameters.filter(({ group }) => group === "head") ?? [];
    this.saved = [...prediction.parameters, ...prediction.states, ...keptHead];
  }

  static #ofKept({ engine, config, tokenizer, options }: TaggerModel, kept: KeptHead): TaggerModel {
    const { types, decoding, calibration } = kept;
    const plan = { options: { types, decoding, wordShape: options.wordShape, ...plainMethod } };
    const model = new TaggerModel(engine, config, tokenizer, plan, "kept.");
    model.calibration = calibration;
    return model;
  }

  /** Most pieces that the encoder reads at once, [CLS] and [SEP] included. */
  get maxPositions(): number {
    return this.config.max_position_embeddings;
  }

  /**
   * Losses of a batch of passages with tags; the gradients are in the engine afterwards, added to those that were there
   * if `accumulate`.
   * @param key (seed, step) of the random numbers
   * @param options.progress share of all updates that are done, 0 … 1; default: all parts of the objective count
   */
  async lossOf(
    passages: readonly Passage[],
    key: readonly [number, number],
    { signal, accumulate = false, progress = 1 }: { signal?: AbortSignal | undefined; accumulate?: boolean; progress?: number } = {}, // prettier-ignore
  ): Promise<Losses> {
    const inputs = this.#trainingInputs(passages, key, progress);
    const { loss, ...parts } = await this.#training(accumulate).run(inputs, { signal });
    const shares = Object.entries(parts).map(([name, value]) => [name.replace("loss.", ""), value[0]!]);
    return { loss: loss![0]!, parts: Object.fromEntries(shares) as Record<string, number> };
  }

  /** Bytes of working memory that `lossOf` these passages takes. */
  workingBytes(passages: readonly Passage[]): number {
    return this.#training(false).arenaBytes(this.#trainingInputs(passages, [0, 0], 1));
  }

  #training(accumulate: boolean): Program {
    return this.#program(`training ${accumulate}`, () => ({ ...this.#trainingRoots!, accumulate }));
  }

  #trainingInputs(
    passages: readonly Passage[],
    key: readonly [number, number],
    progress: number,
  ): NativeTensors {
    const { objective, tokenizer, nodes } = this;
    if (!objective) throw new CdlmError("INVALID_STATE", "the model was loaded for prediction only");
    const lessons = this.replay?.draw(key) ?? [];
    const read = [...passages, ...lessons.map(({ passage }) => passage)];
    const packed = packPassages(read, this);
    const { batch, replayed } = besideReplay(packed, passages.length, lessons);
    return {
      ...batchInputs(batch, this),
      ...replayed,
      ...trainingInputs(batch, goldOf(passages)!, { objective, progress, nodes, tokenizer, causes: causesOf(passages) }), // prettier-ignore
      key: Int32Array.from(key),
    };
  }

  /** A compiled graph, by what it is for. */
  program(kind: keyof typeof graphs): Program {
    return this.#program(kind, () => graphs[kind](this.taggerConfig).roots);
  }

  #program(name: string, roots: () => Roots): Program {
    const known = this.#programs.get(name) ?? this.engine.program(roots());
    this.#programs.set(name, known);
    return known;
  }

  /** Best tags of whole sentences, however long. */
  tagSentences(
    sentences: readonly (readonly string[])[],
    options: TaggingOptions = {},
  ): Promise<ScoredSentence[]> {
    return tagSentences(this, sentences, options);
  }

  /** The mentions that sentences' tags hold, with their confidences. */
  mentionsOf(sentences: readonly ScoredSentence[], signal?: AbortSignal): Promise<Mention[][]> {
    return mentionsOf(this, sentences, signal);
  }

  async save(folder: string, provenance: Record<string, unknown>): Promise<void> {
    const { options, calibration, kept } = this;
    const keptHead = kept ? { types: kept.tagSet.types, decoding: kept.options.decoding, calibration: kept.calibration } : null; // prettier-ignore
    const cdlm = newCdlmFile({ ...options, calibration, kept: keptHead, provenance });
    await writeModelFolder(folder, this.engine, this.saved, { ...this, cdlm });
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }
}
