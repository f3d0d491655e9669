import type { Losses } from "../model/tagger-model.js";
import { meanLosses } from "./losses.js";
import { Pace, type TrainingProgress } from "./progress.js";

interface Moment {
  epoch: number;
  step: number;
}

/** What a run tells about itself while it works. */
export class Reports {
  readonly pace: Pace;
  #losses: Losses[] = [];

  /** @param begun updates that were done before, where the run is resumed */
  constructor(
    private readonly all: { epochs: number; steps: number },
    begun: number,
    private readonly onProgress: ((progress: TrainingProgress) => void) | undefined,
  ) {
    this.pace = new Pace(begun / all.steps);
  }

  /** An update took `milliseconds` for `pieces`, and was the `step`-th. */
  add(losses: Losses, pieces: number, milliseconds: number, step: number): void {
    this.#losses.push(losses);
    this.pace.add(pieces, milliseconds, step / this.all.steps);
  }

  /** Mean losses of the epoch that has ended; the next one begins. */
  endOfEpoch(): ReturnType<typeof meanLosses> {
    const mean = meanLosses(this.#losses);
    this.#losses = [];
    return mean;
  }

  tell(phase: TrainingProgress["phase"], { epoch, step }: Moment, devF1?: number): void {
    const { epochs, steps } = this.all;
    this.onProgress?.({
      phase,
      epoch: Math.min(epochs, phase === "train" ? epoch + 1 : epoch),
      epochs,
      step,
      steps,
      ...(this.#losses.length > 0 ? { loss: meanLosses(this.#losses).loss } : {}),
      piecesPerSecond: this.pace.piecesPerSecond,
      secondsLeft: this.pace.secondsLeft,
      ...(devF1 === undefined ? {} : { devF1 }),
    });
  }
}
