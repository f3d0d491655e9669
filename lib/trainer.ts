import type { TrainingOptionsInput } from "./training/options.js";
import type { TrainingReport, TrainingRequest } from "./training/run-training.js";

export interface TrainRequest extends TrainingRequest {
  /** Folder of a BERT encoder in Hugging Face's layout. */
  encoder: string;
  options?: TrainingOptionsInput;
}

/**
 * The source stage (METHOD 1): trains an encoder with a tag head where labels are plenty.
 *
 * @example
 * await train({ encoder: "all-MiniLM-L6-v2", data: "news", out: "news-model", options: { epochs: 3 } });
 *
 * @throws CdlmError INVALID_OPTION, FILE_*, DATA_*, ARCHITECTURE_UNSUPPORTED, DIVERGED; the signal's reason when aborted
 */
export async function train({ encoder, options, ...request }: TrainRequest): Promise<TrainingReport> {
  const { runTraining } = await import("./training/run-training.js");
  return runTraining({ encoder, method: "train" }, request, options ?? {});
}
