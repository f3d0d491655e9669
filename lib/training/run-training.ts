import { loadDataset, type Dataset } from "../data/dataset.js";
import { drawFewShot, type FewShotType } from "../data/few-shot.js";
import { TagSet } from "../text/tag-set.js";
import type { DeviceOptions } from "../native/create-engine.js";
import { TaggerModel } from "../model/tagger-model.js";
import { parseOptions } from "../options.js";
import { version } from "../version.js";
import { fit, type FitReport } from "./fit.js";
import { trainingOptionsSchema, type TrainingOptionsInput } from "./options.js";
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
  /** Trains on a draw of K mentions of each type instead of all sentences (METHOD 8). */
  fewShot?: { shots: number; draw: number };
  /** Stops after the running op, writes a checkpoint and rejects with its reason. */
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainingReport extends FitReport {
  /** Folder of the model. */
  model: string;
  types: readonly string[];
  trainSentences: number;
  /** What the few-shot draw found of each type. */
  fewShot?: readonly FewShotType[];
}

/** Trains an encoder (from a folder) with a new head on a data set, and leaves the best model in `request.out`. */
export async function runTraining(
  encoder: string,
  request: TrainingRequest,
  optionsGiven: TrainingOptionsInput,
  method: string,
): Promise<TrainingReport> {
  const options = parseOptions(trainingOptionsSchema, optionsGiven, "training");
  const { signal } = request;
  const data =
    typeof request.data === "string"
      ? await loadDataset(request.data, signal ? { signal } : {})
      : request.data;
  const draw =
    request.fewShot && drawFewShot(data.train, { shots: request.fewShot.shots, seed: request.fewShot.draw });
  const train = draw?.sentences ?? data.train;
  const { types } = TagSet.of([...data.train, ...(data.dev ?? [])].map(({ tags }) => tags));
  const head = { types, wordShape: options.wordShape, decoding: options.decoding, seed: options.seed };
  const model = await TaggerModel.withNewHead(encoder, head, request.device);
  try {
    const files = Object.entries(data.files).map(([split, file]) => [split, file.sha256]);
    const origin = { method, encoder, data: Object.fromEntries(files) as Record<string, string>, ...(request.fewShot ? { fewShot: request.fewShot } : {}) }; // prettier-ignore
    const provenance = {
      ...origin,
      options,
      version,
      level: model.engine.level,
      precision: model.engine.precision,
      created: new Date().toISOString(),
    };
    const report = await fit({
      model,
      train,
      dev: data.dev,
      out: request.out,
      options,
      provenance,
      fingerprint: { ...origin, version },
      resume: request.resume ?? false,
      signal,
      onProgress: request.onProgress,
    });
    const drawn = draw ? { fewShot: draw.report } : {};
    return { ...report, model: request.out, types, trainSentences: train.length, ...drawn };
  } finally {
    await model.dispose();
  }
}
