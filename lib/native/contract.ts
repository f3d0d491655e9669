/** Everything the addon exports (native/addon/module.cc), and nothing else about it. */

export type NativeTensors = Record<string, Int32Array | Float32Array>;

export interface NativeAddon {
  /** Instruction levels that this build has and this processor can run, and "cuda" where there is a device. */
  availableLevels(): string[];
  bestLevel(): string;
  /** The precision whose matrix products are faster on this processor. */
  fastestPrecision(level: string): Precision;
  /** Asks the driver, which is loaded by the first call. */
  cudaDevices(): CudaDevices;
  /** All are exact: nothing falls back. `device` is the index of the CUDA device, at the level "cuda". */
  NativeEngine: new (level: string, threads: number, precision: Precision, device: number) => NativeEngine;
}

export interface CudaDevices {
  /** The newest CUDA that the driver knows, "13.0"; empty: there is no driver. */
  driver: string;
  /** Why there is no device, in words; empty: there is one. */
  problem: string;
  devices: { name: string; bytesFree: number; bytesTotal: number; capability: string }[];
}

/**
 * Of the operands of matrix products; sums, and everything else, are fp32. bf16: rounded to it. int8: each row and weight
 * scaled and rounded to whole numbers up to 127, for prediction only.
 */
export type Precision = "fp32" | "bf16" | "int8";

/** Methods that return promises run one after another on the engine's own thread, and do not block the event loop. */
export interface NativeEngine {
  define(name: string, shape: readonly number[]): Promise<void>;
  /** Elements from `offset` of a slot, converted from the type of the data. */
  write(name: string, slot: Slot, offset: number, type: FileType, data: Uint8Array): Promise<void>;
  read(name: string, slot: Slot, offset: number, count: number): Promise<Float32Array>;
  compile(program: NativeProgramSpec): Promise<number>;
  release(program: number): Promise<void>;
  run(program: number, symbols: readonly number[], inputs: NativeTensors): NativeRun;
  configureOptimizer(options: NativeOptimizerOptions, stepsDone: number): Promise<void>;
  /** Returns the global gradient norm after scaling, before clipping; not finite: nothing was changed. */
  step(learningRates: readonly number[], scale: number, clipNorm: number): Promise<number>;
  /** Frees parameters, programs and the working memory. */
  clear(): Promise<void>;
  /** Cancels what runs, waits for it and frees everything: blocks for as long as that takes. Safe to call twice. */
  dispose(): void;
  level(): string;
  threads(): number;
  precision(): Precision;
  products(): string;
}

export interface NativeRun {
  result: Promise<NativeTensors>;
  /** The run ends between two instructions with CANCELLED; on CUDA before they are all queued, or not at all. */
  cancel(): void;
}

export enum Slot {
  value = 0,
  gradient = 1,
  moment1 = 2,
  moment2 = 3,
}

export enum FileType {
  f32 = 0,
  f16 = 1,
  bf16 = 2,
}

export enum Place {
  arena = 0,
  input = 1,
  parameter = 2,
  gradient = 3,
  state = 4,
}

export interface NativeProgramSpec {
  symbols: string[];
  capacities: number[];
  buffers: NativeBufferSpec[];
  instructions: NativeInstructionSpec[];
  outputs: { name: string; buffer: number }[];
  arenaBytes: number;
}

export interface NativeBufferSpec {
  place: Place;
  /** 0 f32, 1 i32. */
  type: number;
  /** An extent, or -1 - k for the k-th symbol. */
  shape: number[];
  /** In bytes; arena only. */
  offset: number;
  /** All places but the arena. */
  name: string;
}

export interface NativeInstructionSpec {
  op: string;
  inputs: number[];
  outputs: number[];
  attributes: Record<string, number>;
}

export interface NativeOptimizerOptions {
  rule: "adamw" | "sgd";
  beta1: number;
  beta2: number;
  epsilon: number;
  momentum: number;
  groups: { weightDecay: number; parameters: string[] }[];
}
