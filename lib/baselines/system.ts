import type { Dataset } from "../data/dataset.js";
import type { DeviceOptions } from "../native/create-engine.js";
import type { TrainingOptions, TrainingOptionsInput } from "../training/options.js";
import type { TrainingProgress } from "../training/progress.js";
import type { LanguageModelAid } from "./llm/aid.js";
import type { Probes } from "./probes.js";

/** One run of a system on one domain. */
export interface SystemRequest {
  /** Folder of the source model, which every system starts from. */
  source: string;
  /** Folder of the source's data, for the systems that read it. */
  sourceData: string;
  /** With dev and test. */
  data: Dataset;
  fewShot?: { shots: number; draw: number };
  /** Lie over what the system begins with; `seed` is among them. */
  options: TrainingOptionsInput;
  /** Folder for checkpoints and models; a run that was killed goes on from what it finds there. */
  work: string;
  device?: DeviceOptions;
  /** Also probe the confidences and the entity bias of the systems that are recognisers, on test. */
  probed?: boolean;
  /** For the systems that ask a language model. */
  llm?: LanguageModelAid;
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
}

/** IOB2 tags of every sentence of a split. */
export type Tags = readonly (readonly string[])[];

export interface SystemAnswer {
  dev: Tags;
  test: Tags;
  /** Where and how it was computed. */
  device: { device: string; level: string; threads: number; precision: string };
  /** What the system says about its own run, e.g. the epoch that was kept. */
  details: Record<string, unknown>;
  /** Where it was asked for and the system is a recogniser. */
  probes?: Probes;
}

/** A system that is compared with others: one file in lib/baselines. */
export interface System {
  title: string;
  /** It needs the `llm` of its request. */
  asksLanguageModel?: true;
  /** All that a run with these options trains with; nothing for systems that do not train. */
  trainingOptions: (given: TrainingOptionsInput) => TrainingOptions | undefined;
  run(request: SystemRequest): Promise<SystemAnswer>;
}
