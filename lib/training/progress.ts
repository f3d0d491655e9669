/** What a long run reports while it works. */
export interface TrainingProgress {
  phase: "train" | "evaluate" | "save";
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Updates done, and in all. */
  step: number;
  steps: number;
  /** Mean loss of the epoch so far, or since the run was resumed in it; absent before its first update. */
  loss?: number;
  piecesPerSecond?: number;
  /** Estimate for the rest of the run. */
  secondsLeft?: number;
  /** Dev F1 in percent, after an evaluation. */
  devF1?: number;
}

/** Rate and time left of a run, from the work done since it was begun or resumed. */
export class Pace {
  #pieces = 0;
  #seconds = 0;
  readonly #start = performance.now();
  #share = 0;
  readonly #firstShare: number;

  constructor(shareDone: number) {
    this.#firstShare = shareDone;
    this.#share = shareDone;
  }

  /** One step of training took `milliseconds` for `pieces`; the run is `share` done. */
  add(pieces: number, milliseconds: number, share: number): void {
    this.#pieces += pieces;
    this.#seconds += milliseconds / 1000;
    this.#share = share;
  }

  /** Of training alone, evaluation not counted. */
  get piecesPerSecond(): number {
    return this.#seconds === 0 ? 0 : this.#pieces / this.#seconds;
  }

  /** Evaluation and saving so far are taken to go on as they did. */
  get secondsLeft(): number {
    const done = this.#share - this.#firstShare;
    return done <= 0 ? 0 : ((performance.now() - this.#start) / 1000) * ((1 - this.#share) / done);
  }
}
