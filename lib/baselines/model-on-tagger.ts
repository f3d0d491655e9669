import { mkdir } from "node:fs/promises";
import { saveParameters } from "../files/parameter-file.js";
import { initialise } from "../model/initialise.js";
import { weightsFile } from "../model/model-folder.js";
import type { Passage } from "../model/passages.js";
import { objectiveSchema } from "../model/objective.js";
import { modelOptionsOf } from "../model/tagger-config.js";
import { parameterGradients } from "../model/tagger.js";
import { newTagger } from "../model/open-tagger.js";
import type { TaggerModel, Losses } from "../model/tagger-model.js";
import type { Tensor } from "../graph/tensor.js";
import type { NativeTensors } from "../native/contract.js";
import type { Program } from "../native/engine.js";
import { Scope, type ParameterSpec } from "../nn/scope.js";
import type { TagSet } from "../text/tag-set.js";
import type { Trainable } from "../training/trainable.js";
import type { FittedStart } from "./fitted.js";

/** A tagger of some types whose encoder goes on from the source model, without any part of the method. */
export function plainTaggerOf(
  { request, options }: FittedStart,
  types: readonly string[],
): Promise<TaggerModel> {
  const objective = objectiveSchema.parse({});
  const { wordShape, decoding, headDropout, seed } = options;
  const head = { types, wordShape, decoding, ...modelOptionsOf(objective), headDropout, seed };
  return newTagger(request.source, head, objective, request.device);
}

/** A model that adds parameters of its own to a tagger's and has a loss of its own. */
export abstract class ModelOnTagger implements Trainable {
  readonly states = [];
  readonly parameters: readonly ParameterSpec[];
  readonly #training: readonly [replacing: Program, adding: Program];

  /** @param loss builds the training graph; all parameters that it meets are trained */
  constructor(
    readonly tagger: TaggerModel,
    readonly tagSet: TagSet,
    loss: (scope: Scope) => Tensor,
  ) {
    const scope = new Scope("training");
    const output = loss(scope);
    const roots = { outputs: { loss: output }, gradients: parameterGradients(scope, output) };
    this.parameters = [...scope.parameters.values()];
    this.#training = [tagger.engine.program(roots), tagger.engine.program({ ...roots, accumulate: true })];
  }

  /** What the training graph reads. */
  protected abstract trainingInputs(
    passages: readonly Passage[],
    key: readonly [number, number],
  ): NativeTensors | Promise<NativeTensors>;

  abstract tagSentences: Trainable["tagSentences"];

  get engine() {
    return this.tagger.engine;
  }

  get tokenizer() {
    return this.tagger.tokenizer;
  }

  get maxPositions() {
    return this.tagger.maxPositions;
  }

  /** Gives the parameters that the tagger does not have their starting values. */
  async initialise(seed: number): Promise<void> {
    const known = new Set(this.tagger.parameters.map(({ name }) => name));
    await initialise(this.engine, this.parameters.filter(({ name }) => !known.has(name)), seed); // prettier-ignore
  }

  async lossOf(
    passages: readonly Passage[],
    key: readonly [number, number],
    { signal, accumulate = false }: { signal?: AbortSignal | undefined; accumulate?: boolean } = {},
  ): Promise<Losses> {
    const inputs = { ...(await this.trainingInputs(passages, key)), key: Int32Array.from(key) };
    const { loss } = await this.#training[accumulate ? 1 : 0].run(inputs, { signal });
    return { loss: loss![0]!, parts: {} };
  }

  async save(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await saveParameters(this.engine, weightsFile(folder), this.parameters);
  }

  async dispose(): Promise<void> {
    await this.tagger.dispose();
  }
}
