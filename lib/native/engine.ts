import type { Roots } from "../graph/roots.js";
import type { FileType, NativeTensors, Precision, Slot } from "./contract.js";

/** What computes: the native addon, on the processor or a CUDA device, or the float64 references of the ops (`reference`, for checking only). */
export interface Engine {
  readonly device: "cpu" | "cuda" | "reference";
  /** Instruction level of the kernels, e.g. "avx512"; "cuda" on a device. */
  readonly level: string;
  readonly threads: number;
  readonly precision: Precision | "float64";
  /** Name of the kernels that compute matrix products: with the level it decides every bit of a result. */
  readonly products: string;

  /** A parameter or state of zeros; a second call with the same shape changes nothing. */
  define(name: string, shape: readonly number[]): Promise<void>;
  /** Sets elements from `offset` of a slot, converted from `type`. */
  write(name: string, slot: Slot, offset: number, type: FileType, data: Uint8Array): Promise<void>;
  read(name: string, slot: Slot, offset: number, count: number): Promise<Float32Array>;

  /** Compiles at the first run, and again when a run needs more room than any before. */
  program(roots: Roots): Program;

  configureOptimizer(options: OptimizerOptions, stepsDone: number): Promise<void>;
  /** One update with a learning rate per group. Returns the gradient norm before clipping; not finite: no update. */
  step(update: Update): Promise<number>;

  /** Waits for running work, then frees everything. Safe to call twice. */
  dispose(): Promise<void>;
}

export interface Program {
  /** Inputs by name; the values of symbols follow from their lengths. Rejects with the signal's reason when aborted. */
  run(inputs: NativeTensors, options?: { signal?: AbortSignal | undefined }): Promise<NativeTensors>;
  /** Bytes of working memory that a run of these inputs takes. */
  arenaBytes(inputs: NativeTensors): number;
  dispose(): Promise<void>;
}

export interface Update {
  learningRates: readonly number[];
  /** Multiplies the gradients first, e.g. 1 / number of accumulated batches. */
  scale?: number;
  /** Global norm that gradients are shortened to; 0 is no clipping. */
  clipNorm?: number;
}

export interface OptimizerOptions {
  rule: "adamw" | "sgd";
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** SGD. */
  momentum?: number;
  groups: { weightDecay: number; parameters: string[] }[];
}
