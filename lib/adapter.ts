import { CdlmError } from "./errors.js";
import type { TrainingOptionsInput } from "./training/options.js";
import type { TrainingReport, TrainingRequest } from "./training/run-training.js";

/** What each way of adapting begins with; options that are given lie over it. */
const methods = {
  finetune: { preset: "finetune" },
  lst: { preset: "lst" },
  cdlm: { preset: "default", decoding: "crf" },
} as const satisfies Record<string, TrainingOptionsInput>;

export type AdaptationMethod = keyof typeof methods;
/** Ways of adapting that this version has. */
export const adaptationMethods = Object.keys(methods) as AdaptationMethod[];

/** Few labels need more passes over them. */
export const adaptationDefaults = { epochs: 30, batchSentences: 8 } as const;

/** Options of a training over what a way of adapting begins with, name by name. */
export const adaptationOptions = (
  method: AdaptationMethod,
  given: TrainingOptionsInput = {},
): TrainingOptionsInput => ({ ...adaptationDefaults, ...methods[method], ...given });

export interface AdaptRequest extends TrainingRequest {
  /** Folder of the source model. */
  model: string;
  method?: AdaptationMethod;
  /**
   * The model goes on knowing the source's types, beside the new ones (`Recognizer.load` with `types`). With `sourceData` it
   * replays sentences of the source, otherwise those of the target.
   */
  keep?: boolean;
  options?: TrainingOptionsInput;
}

/**
 * Adapts a model to a new domain with entity types of its own, from few labels. The encoder goes on from the source
 * model; the tag head is new.
 *
 * @example
 * await adapt({ model: "news-model", data: "music", out: "music-model", fewShot: { shots: 20, draw: 1 } });
 * await adapt({ model: "news-model", data: "music", out: "both", keep: true, sourceData: "news" });
 *
 * @throws CdlmError as `train`
 */
export async function adapt({
  model,
  method = "finetune",
  keep = false,
  options,
  ...request
}: AdaptRequest): Promise<TrainingReport> {
  if (!adaptationMethods.includes(method))
    throw new CdlmError("INVALID_OPTION", "unknown method", {
      expected: adaptationMethods.join(", "),
      received: String(method),
    });
  const { runTraining } = await import("./training/run-training.js");
  const start = { encoder: model, source: model, method };
  const keeping = keep ? { objective: { keeping: {}, ...options?.objective } } : {};
  return runTraining(start, request, adaptationOptions(method, { ...options, ...keeping }));
}
