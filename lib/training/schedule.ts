import type { TrainingOptions } from "./options.js";

/**
 * Factor on the peak learning rate at a step, 0 … 1: a linear rise over the warm-up, then the fall of the schedule to
 * zero (or none).
 * @param step from 0
 */
export function learningRateFactor(
  { schedule, warmup }: Pick<TrainingOptions, "schedule" | "warmup">,
  step: number,
  steps: number,
): number {
  const rise = (step + 1) / Math.max(1, warmup * steps);
  const left = Math.max(0, (steps - step) / Math.max(1, (1 - warmup) * steps));
  if (schedule === "constant") return Math.min(1, rise);
  if (schedule === "linear") return Math.min(1, rise, left);
  return Math.min(1, rise) * (rise < 1 ? 1 : (1 - Math.cos(Math.PI * Math.min(1, left))) / 2);
}
