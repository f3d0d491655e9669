/** What a trial is given. */
export interface TrialContext {
  threads: number;
  device: "cpu" | "cuda";
  /** Corpus of the `epoch`, `vote` and `quantisation` trials, and folder of corpora of the `precision` trial. */
  data: string;
  /** Progress for a person. */
  log: (line: string) => void;
}

/** One contestant's figures: milliseconds of a unit of work, over all rounds. */
export interface Measurement {
  name: string;
  /** Only measurements of one group do the same work, where a trial has several groups. */
  group?: string;
  median: number;
  min: number;
  max: number;
  /** How fast, in words of the trial: "4,200 pieces/s", "180 GFLOP/s". */
  rate: string;
}

export interface TrialResult {
  measurements: Measurement[];
  /** Ratios of rates, ours over the peer's: above 1 we are faster. */
  ratios: Record<string, number>;
  /** Versions, shapes, instruction levels: whatever makes the figures mean something. */
  facts: Record<string, string | number>;
  /** Peers that were not there, and how to bring them. */
  missing: string[];
}

/** A benchmark: one file in bench/trials. */
export interface Trial {
  id: string;
  title: string;
  /** Takes hours, and so is run only when it is named. */
  onRequest?: true;
  /** Also runs on a CUDA device. */
  onCuda?: true;
  run: (context: TrialContext) => Promise<TrialResult>;
}
