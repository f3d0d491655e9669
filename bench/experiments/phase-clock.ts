import type { TrainingProgress } from "../../lib/training/progress.js";

/** Seconds that a training has spent in each phase, from the reports of its progress. */
export class PhaseClock {
  readonly seconds = { prepare: 0, train: 0, evaluate: 0, save: 0 };
  #phase: keyof PhaseClock["seconds"] = "prepare";
  #since = performance.now();

  readonly onProgress = ({ phase }: TrainingProgress): void => {
    const now = performance.now();
    this.seconds[this.#phase] += (now - this.#since) / 1000;
    [this.#phase, this.#since] = [phase, now];
  };
}
