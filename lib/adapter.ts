import { CdlmError } from "./errors.js";
import type { TrainingOptionsInput } from "./training/options.js";
import type { TrainingReport, TrainingRequest } from "./training/run-training.js";

/** Ways of adapting that this version has. */
export const adaptationMethods = ["finetune"] as const;
export type AdaptationMethod = (typeof adaptationMethods)[number];

/** Few labels need more passes over them. */
const adaptationDefaults = { epochs: 30, batchSentences: 8 } as const;

export interface AdaptRequest extends TrainingRequest {
  /** Folder of the source model. */
  model: string;
  method?: AdaptationMethod;
  options?: TrainingOptionsInput;
}

/**
 * Adapts a model to a new domain with entity types of its own, from few labels. The encoder goes on from the source
 * model; the tag head is new.
 *
 * @example
 * await adapt({ model: "news-model", data: "music", out: "music-model", fewShot: { shots: 20, draw: 1 } });
 *
 * @throws CdlmError as `train`
 */
export async function adapt({
  model,
  method = "finetune",
  options,
  ...request
}: AdaptRequest): Promise<TrainingReport> {
  if (!adaptationMethods.includes(method))
    throw new CdlmError("INVALID_OPTION", "unknown method", {
      expected: adaptationMethods.join(", "),
      received: String(method),
    });
  const { runTraining } = await import("./training/run-training.js");
  return runTraining(model, request, { ...adaptationDefaults, ...options }, method);
}
