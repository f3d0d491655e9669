import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { adaptationDefaults } from "../adapter.js";
import { trainingTypes } from "../data/dataset.js";
import { drawFewShot } from "../data/few-shot.js";
import { CdlmError } from "../errors.js";
import { contextPool, mentionPool } from "../data/interventions.js";
import type { Sentence } from "../data/sentence.js";
import { loadParameters } from "../files/parameter-file.js";
import { weightsFile } from "../model/model-folder.js";
import { drawsFromSource } from "../model/objective.js";
import { removeCheckpoint } from "../training/checkpoint.js";
import { fit } from "../training/fit.js";
import { trainingOptionsOf, type TrainingOptions, type TrainingOptionsInput } from "../training/options.js";
import type { Trainable } from "../training/trainable.js";
import { version } from "../version.js";
import type { System, SystemRequest } from "./system.js";
import { trainedOnce } from "./trained-once.js";

/** What a model is made for. */
export interface FittedStart {
  request: SystemRequest;
  options: TrainingOptions;
  /** Entity types of the target, sorted. */
  types: readonly string[];
}

type FittedModel = Trainable & { dispose(): Promise<void> };

/** A system with a model of its own, which is trained as every other: same batches, schedule and choice of the epoch. */
export function fitted(title: string, create: (start: FittedStart) => Promise<FittedModel>): System {
  const trainingOptions = (given: TrainingOptionsInput) => {
    const options = trainingOptionsOf({ ...adaptationDefaults, ...given });
    requireNoOtherParts(title, options);
    return options;
  };
  return {
    title,
    trainingOptions,
    async run(request) {
      const { data, fewShot } = request;
      const options = trainingOptions(request.options);
      const draw = fewShot && drawFewShot(data.train, fewShot);
      const train = draw?.sentences ?? data.train;
      const model = await create({ request, options, types: trainingTypes(data) });
      try {
        const report = await fitBest(title, model, train, options, request);
        const tagged = async (split: readonly Sentence[]) =>
          (await model.tagSentences(split.map(({ words }) => words), request)).map(({ tags }) => tags); // prettier-ignore
        const { device, level, threads, precision } = model.engine;
        const details = {
          ...report,
          trainSentences: train.length,
          ...(draw ? { fewShot: draw.report } : {}),
        };
        return { dev: await tagged(data.dev!), test: await tagged(data.test!), device: { device, level, threads, precision }, details }; // prettier-ignore
      } finally {
        await model.dispose();
      }
    },
  };
}

/** A model of its own has its own losses and decoder; interventions change what it reads. */
function requireNoOtherParts(title: string, { decoding, objective }: TrainingOptions): void {
  const plain = trainingOptionsOf({ objective: { interventions: objective.interventions } });
  const own = decoding === plain.decoding && isDeepStrictEqual(objective, plain.objective);
  if (own && !drawsFromSource(objective.interventions)) return;
  throw new CdlmError("INVALID_OPTION", `${title} has losses and a decoder of its own`, {
    expected:
      "no preset, no part of an objective but interventions with the target's mentions, and no decoding",
    received: JSON.stringify({ decoding, objective }),
  });
}

/** Trains, and leaves the engine with the parameters that were best on dev. */
async function fitBest(
  title: string,
  model: Trainable,
  train: readonly Sentence[],
  options: TrainingOptions,
  { work, data, signal, onProgress }: SystemRequest,
) {
  const out = path.join(work, "model");
  const pools = { mentions: mentionPool(train), contexts: contextPool(train) };
  const checksums = Object.values(data.files).map(({ sha256 }) => sha256);
  const fingerprint = { system: title, data: checksums, version };
  const report = await trainedOnce(work, () => fit({ model, train, pools, dev: data.dev, out, options, provenance: {}, fingerprint, resume: true, signal, onProgress })); // prettier-ignore
  await removeCheckpoint(out);
  await loadParameters(model.engine, weightsFile(out), model.parameters);
  return report;
}
