import { CdlmError } from "../errors.js";
import { loadParameters } from "../files/parameter-file.js";
import { SafetensorsFile } from "../files/safetensors.js";
import { bytesOf, type StoredTensor } from "../files/stored-tensor.js";
import { createEngine, type DeviceOptions } from "../native/create-engine.js";
import { requireMemory } from "../native/memory.js";
import type { ParameterSpec } from "../nn/scope.js";
import { TagSet } from "../text/tag-set.js";
import { plainMethod, type KeptHead, type ModelOptions } from "./cdlm-file.js";
import { foreignLabels, loadForeignHead } from "./foreign-head.js";
import { initialise } from "./initialise.js";
import { namedAsIn, readModelFolder, weightsFile, type ModelFolder } from "./model-folder.js";
import type { Objective } from "./objective.js";
import { TaggerModel, type TaggerPlan } from "./tagger-model.js";

/**
 * A trained model, ready to predict; also a fine-tuned Hugging Face folder.
 * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID, VERSION_UNSUPPORTED, ARCHITECTURE_UNSUPPORTED; OUT_OF_MEMORY before weights are read
 */
export async function openTagger(folder: string, device: DeviceOptions = {}): Promise<TaggerModel> {
  const read = await readModelFolder(folder);
  const { cdlm } = read;
  if (cdlm)
    return onEngine(read, { options: cdlm, kept: cdlm.kept }, device, async (model) => {
      model.calibration = cdlm.calibration;
      await load(model, folder, model.saved);
    });
  const labels = foreignLabels(read.config, `${folder}/config.json`);
  const options = { types: TagSet.of([labels]).types, wordShape: false, decoding: "viterbi" as const, ...plainMethod }; // prettier-ignore
  return onEngine(read, { options }, device, (model) => loadForeign(model, folder, labels));
}

/** The head of a model that is to be trained. */
export interface NewHead extends ModelOptions {
  seed: number;
  /** In place of the encoder's own. */
  headDropout?: number | undefined;
  /** Of the source model; null: nothing is kept. */
  kept?: KeptHead | null;
}

/** The encoder of a folder (an encoder's or a model's) with a new head, to be trained by an objective. Throws as `openTagger`. */
export async function newTagger(
  folder: string,
  { seed, headDropout, kept = null, ...options }: NewHead,
  objective: Objective,
  device: DeviceOptions = {},
): Promise<TaggerModel> {
  const read = await readModelFolder(folder);
  if (headDropout !== undefined) read.config = { ...read.config, classifier_dropout: headDropout };
  return onEngine(read, { options, objective, kept }, device, async (model) => {
    const hasShapes = read.cdlm?.wordShape ?? false;
    const isNew = ({ name, group }: ParameterSpec) =>
      group !== "encoder" || (name.startsWith("embeddings.word_shape") && !hasShapes);
    await initialise(model.engine, model.parameters.filter(isNew), seed);
    for (const { name, shape } of model.states) await model.engine.define(name, shape);
    await load(model, folder, model.parameters.filter((spec) => !isNew(spec))); // prettier-ignore
  });
}

async function onEngine(
  { config, tokenizer }: ModelFolder,
  plan: TaggerPlan,
  device: DeviceOptions,
  fill: (model: TaggerModel) => Promise<void>,
): Promise<TaggerModel> {
  const engine = createEngine(device);
  try {
    const model = new TaggerModel(engine, config, tokenizer, plan);
    const tensors = [...model.parameters, ...model.states];
    requireMemory(bytesOf(tensors), "this model", "Use a smaller encoder");
    await fill(model);
    return model;
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function load(
  { engine }: TaggerModel,
  folder: string,
  tensors: readonly StoredTensor[],
): Promise<void> {
  await using file = await SafetensorsFile.open(weightsFile(folder));
  await loadParameters(engine, file, namedAsIn(file, tensors));
}

async function loadForeign(model: TaggerModel, folder: string, labels: readonly string[]): Promise<void> {
  const { engine, parameters, tagSet, config } = model;
  const [encoder, head] = [true, false].map((isEncoder) =>
    parameters.filter(({ group }) => (group === "encoder") === isEncoder),
  ) as [ParameterSpec[], ParameterSpec[]];
  await using file = await SafetensorsFile.open(weightsFile(folder));
  requireForeign(file, folder);
  await load(model, folder, encoder);
  await loadForeignHead(engine, file, head, { labels, tagSet, width: config.hidden_size });
}

/** Weights that only our models have would be left out without `cdlm.json`, and the answers would be others. */
function requireForeign({ tensors }: SafetensorsFile, folder: string): void {
  const own = [...tensors.keys()].find((name) => /word_shape_embeddings|^crf\.transitions$/.test(name));
  if (own === undefined) return;
  throw new CdlmError("FILE_INVALID", "cdlm.json is missing", {
    file: folder,
    expected: "cdlm.json beside the weights of a model of cdlm",
    received: `weights with ${own}`,
  });
}
