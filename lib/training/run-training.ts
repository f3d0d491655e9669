import { checksumsOf, loadDataset, trainingTypes, type Dataset } from "../data/dataset.js";
import type { Sentence } from "../data/sentence.js";
import { drawFewShot, type FewShotType } from "../data/few-shot.js";
import { CdlmError } from "../errors.js";
import { causeReaders, readsSourceData } from "../model/objective.js";
import type { DeviceOptions } from "../native/create-engine.js";
import { weightsFile } from "../model/model-folder.js";
import { newTagger, type NewHead } from "../model/open-tagger.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { version } from "../version.js";
import type { KeptHead } from "../model/cdlm-file.js";
import { keptHeadOf } from "../model/kept-head.js";
import { modelOptionsOf } from "../model/tagger-config.js";
import { removeCheckpoint } from "./checkpoint.js";
import { fit, type FitReport } from "./fit.js";
import { trainingOptionsOf, type TrainingOptions, type TrainingOptionsInput } from "./options.js";
import { prepareMethod } from "./prepare-method.js";
import { checksumOf } from "../files/checksum.js";
import { settleOnDev, type Settled } from "./settle-on-dev.js";
import type { TrainingProgress } from "./progress.js";

/** What `train` and `adapt` have in common. */
export interface TrainingRequest {
  /** Folder with train.txt, dev.txt, test.txt (or .jsonl), or a data set already read. */
  data: string | Dataset;
  /** Folder of the new model; it also holds the checkpoint and `metrics.jsonl`. */
  out: string;
  device?: DeviceOptions;
  /** Goes on from the checkpoint in `out`, to the same bits as if never stopped; starts anew where there is none. */
  resume?: boolean;
  /** The source's data, or its folder: what keeping replays, and what interventions draw from with mentions of both (`interventions.pool`). */
  sourceData?: string | Dataset;
  /** More training sentences, or their folder: e.g. what `cdlm label` has labelled. Their types must occur in `data`. */
  extraData?: string | Dataset;
  /** File of validated causes of the training sentences, as `cdlm causal` writes it (METHOD 6.5). */
  causes?: string;
  /** Trains on a draw of K mentions of each type instead of all sentences (METHOD 8). */
  fewShot?: { shots: number; draw: number };
  /** Stops after the running op, writes a checkpoint and rejects with its reason. */
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainingReport extends FitReport, Settled {
  /** Folder of the model. */
  model: string;
  types: readonly string[];
  trainSentences: number;
  /** The source's types that the model still knows, where it was told to keep them. */
  kept?: readonly string[];
  /** What the few-shot draw found of each type. */
  fewShot?: readonly FewShotType[];
}

/** What is trained from what. */
export interface TrainingStart {
  /** Folder of an encoder or a model whose encoder goes on. */
  encoder: string;
  /** Folder of the source model; adapting has one. */
  source?: string;
  method: string;
}

/** Trains an encoder with a new head on a data set, and leaves the best model in `request.out`. */
export async function runTraining(
  start: TrainingStart,
  request: TrainingRequest,
  optionsGiven: TrainingOptionsInput,
): Promise<TrainingReport> {
  const options = withoutUnknownCauses(trainingOptionsOf(optionsGiven), request.causes);
  const { objective } = options;
  const { signal } = request;
  const kept = objective.keeping ? await keptOf(start) : null;
  const data = await datasetOf(request.data, signal);
  const draw = request.fewShot && drawFewShot(data.train, request.fewShot);
  const given = (folder: string | Dataset | undefined) => folder === undefined ? undefined : datasetOf(folder, signal); // prettier-ignore
  const extra = await given(request.extraData);
  const sourceData = readsSourceData(objective) ? await given(request.sourceData) : undefined;
  const train = [...(draw?.sentences ?? data.train), ...(extra?.train ?? [])];
  const types = trainingTypes(data);
  const { wordShape, decoding, headDropout, seed } = options;
  const head = { types, wordShape, decoding, ...modelOptionsOf(objective), headDropout, seed, kept };
  const report = await fitNewModel(start, request, { options, data, train, extra, sourceData, head });
  const { out, device } = request;
  const settled = data.dev ? await settleOnDev(out, data.dev, { choosesTau: objective.tau === "dev", device, signal }) : {}; // prettier-ignore
  await removeCheckpoint(out);
  const keeps = kept ? { kept: kept.types } : {};
  const drawn = draw ? { fewShot: draw.report } : {};
  return { ...report, model: out, types, trainSentences: train.length, ...drawn, ...keeps, ...settled };
}

interface Material {
  options: TrainingOptions;
  data: Dataset;
  /** What is trained on. */
  train: readonly Sentence[];
  extra: Dataset | undefined;
  /** Where the method reads it. */
  sourceData: Dataset | undefined;
  head: NewHead;
}

/** Leaves the best epoch in `request.out`; the model that was trained, three times that size, is freed. */
async function fitNewModel(
  start: TrainingStart,
  request: TrainingRequest,
  { options, data, train, extra, sourceData, head }: Material,
): Promise<FitReport> {
  const { out, device, signal, onProgress, resume = false } = request;
  const model = await newTagger(start.encoder, head, options.objective, device);
  try {
    const origin = await originOf(start, request, { data, extra, sourceData });
    const pools = await prepareMethod(model, start, request, {
      train,
      all: [...data.train, ...train],
      sourceData,
    });
    const provenance = provenanceOf(model, origin, options);
    const fingerprint = { ...origin, version };
    return await fit({ model, train, pools, dev: data.dev, out, options, provenance, fingerprint, resume, signal, onProgress }); // prettier-ignore
  } finally {
    await model.dispose();
  }
}

function keptOf({ source }: TrainingStart): Promise<KeptHead> {
  if (source !== undefined) return keptHeadOf(source);
  throw new CdlmError("INVALID_OPTION", "there is no source model to keep anything of", {
    expected: "adapt with objective.keeping, or train without it",
    received: "train with objective.keeping",
  });
}

/** No part waits for causes that nobody gave; causes that no part reads are a mistake. */
function withoutUnknownCauses(options: TrainingOptions, causes: string | undefined): TrainingOptions {
  const { objective } = options;
  if (causes === undefined)
    return { ...options, objective: { ...objective, causes: { split: false, mask: false, edges: false } } };
  if (causeReaders(objective).length > 0) return options;
  throw new CdlmError("INVALID_OPTION", "causes are given, but no part of the objective reads them", {
    expected: "a weight of implicit or explicit, or a fusion",
    received: `preset ${options.preset}`,
  });
}

const datasetOf = async (data: string | Dataset, signal?: AbortSignal): Promise<Dataset> =>
  typeof data === "string" ? loadDataset(data, signal ? { signal } : {}) : data;

/** What the model comes from: no part of it may change between a run and its resumption. */
async function originOf(
  start: TrainingStart,
  { fewShot, causes }: TrainingRequest,
  { data, extra, sourceData }: Pick<Material, "data" | "extra" | "sourceData">,
) {
  return {
    ...start,
    weights: await checksumOf(weightsFile(start.encoder)),
    data: checksumsOf(data),
    ...(extra ? { extraData: checksumsOf(extra) } : {}),
    ...(sourceData ? { sourceData: checksumsOf(sourceData) } : {}),
    ...(fewShot ? { fewShot } : {}),
    ...(causes === undefined ? {} : { causes: await checksumOf(causes) }),
  };
}

function provenanceOf({ engine }: TaggerModel, origin: object, options: TrainingOptions) {
  const { level, precision } = engine;
  return { ...origin, options, version, level, precision, created: new Date().toISOString() };
}
