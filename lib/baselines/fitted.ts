import path from "node:path";
import { adaptationDefaults } from "../adapter.js";
import { drawFewShot } from "../data/few-shot.js";
import { contextPool, mentionPool } from "../data/interventions.js";
import type { Sentence } from "../data/sentence.js";
import { loadParameters } from "../files/parameter-file.js";
import { weightsFile } from "../model/model-folder.js";
import { TagSet } from "../text/tag-set.js";
import { fit } from "../training/fit.js";
import { trainingOptionsOf, type TrainingOptions, type TrainingOptionsInput } from "../training/options.js";
import type { Trainable } from "../training/trainable.js";
import { version } from "../version.js";
import type { System, SystemRequest } from "./system.js";

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
  const trainingOptions = (given: TrainingOptionsInput) => trainingOptionsOf({ ...adaptationDefaults, ...given }); // prettier-ignore
  return {
    title,
    trainingOptions,
    async run(request) {
      const { data, fewShot } = request;
      const options = trainingOptions(request.options);
      const draw = fewShot && drawFewShot(data.train, { shots: fewShot.shots, seed: fewShot.draw });
      const train = draw?.sentences ?? data.train;
      const { types } = TagSet.of([...data.train, ...data.dev!].map(({ tags }) => tags));
      const model = await create({ request, options, types });
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
  const report = await fit({ model, train, pools, dev: data.dev, out, options, provenance: {}, fingerprint, resume: true, signal, onProgress }); // prettier-ignore
  await loadParameters(model.engine, weightsFile(out), model.parameters);
  return report;
}
