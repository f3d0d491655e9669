import { z } from "zod";
import { decodings } from "../model/cdlm-file.js";
import { objectiveSchema } from "../model/objective.js";
import { presetNames, withPreset } from "../model/presets.js";
import { parseOptions } from "../options.js";

/** Options of a training run; unknown names are refused, so that a misspelt one is not silently ignored. */
export const trainingOptionsSchema = z.strictObject({
  /** Passes over the training data. */
  epochs: z.int().min(1).max(10_000).default(3),
  /** Sentences per step. */
  batchSentences: z.int().min(1).default(16),
  /** Word pieces per step; if set it takes the place of `batchSentences`. */
  batchPieces: z.int().min(1).optional(),
  /** Batches whose gradients are averaged before an update. */
  accumulate: z.int().min(1).default(1),
  optimizer: z.enum(["adamw", "sgd"]).default("adamw"),
  /** Peak learning rate of the encoder. */
  learningRate: z.number().positive().default(1e-4),
  /** Peak learning rate of the label nodes' layers. */
  fusionLearningRate: z.number().positive().default(1e-4),
  /** Peak learning rate of the tag head. */
  headLearningRate: z.number().positive().default(1e-3),
  /** Decay of matrices and embeddings (AdamW: decoupled). */
  weightDecay: z.number().min(0).default(0.01),
  /** SGD only. */
  momentum: z.number().min(0).lt(1).default(0),
  /** Shape of the learning rate after warm-up. */
  schedule: z.enum(["linear", "cosine", "constant"]).default("linear"),
  /** Share of all steps in which the learning rate rises from zero. */
  warmup: z.number().min(0).max(1).default(0.1),
  /** Global norm that gradients are shortened to; 0 is no clipping. */
  clipNorm: z.number().min(0).default(1),
  /** Of the vectors that the tag head reads; default: the encoder's own. */
  headDropout: z.number().min(0).lt(1).optional(),
  /** Share of the past that an epoch leaves in the moving average of weights, which is scored and kept; default: no average. */
  averageDecay: z.number().min(0).lt(1).optional(),
  seed: z.int().min(0).max(2 ** 31 - 1).default(1), // prettier-ignore
  /** Dev scores come only after this share of the epochs. */
  evaluateFrom: z.number().min(0).max(1).default(0.5),
  /** Epochs from one dev score to the next; default: a tenth of all. */
  evaluateEvery: z.int().min(1).optional(),
  /** Training ends after so many dev scores without a new best; 0 never. */
  patience: z.int().min(0).default(4),
  /** Word-shape vectors at the encoder's input (METHOD 1). */
  wordShape: z.boolean().default(true),
  /** Best valid tag sequence (viterbi), each word alone (argmax), or the best sequence of a trained CRF (crf). */
  decoding: z.enum(decodings).default("viterbi"),
  /** Named objective that `objective` lies over. */
  preset: z.enum(presetNames).default("finetune"),
  /** Parts of the method and their weights. */
  objective: objectiveSchema.prefault({}),
  /** Least time between two checkpoints, in seconds; one is also written when the run is stopped. */
  checkpointSeconds: z.number().min(0).default(60),
});

export type TrainingOptions = z.infer<typeof trainingOptionsSchema>;
export type TrainingOptionsInput = z.input<typeof trainingOptionsSchema>;

/**
 * Checks what a user gave and fills in the rest: the preset's parts under the given ones, then defaults.
 * @throws CdlmError INVALID_OPTION
 */
export function trainingOptionsOf(given: TrainingOptionsInput): TrainingOptions {
  const { preset } = parseOptions(trainingOptionsSchema, given, "training");
  const objective = withPreset(preset, given.objective);
  return parseOptions(trainingOptionsSchema, { ...given, objective }, "training");
}
