import { CdlmError } from "../errors.js";
import type { Losses } from "../model/tagger-model.js";
import type { Batches } from "./batches.js";
import { addLosses } from "./losses.js";
import type { TrainingOptions } from "./options.js";
import { learningRatesOf } from "./parameter-groups.js";
import { learningRateFactor } from "./schedule.js";
import type { Trainable } from "./trainable.js";

/** Where a run stands, in counts of what is done; `steps` is all updates. */
interface Moment {
  epoch: number;
  batch: number;
  step: number;
  steps: number;
}

/**
 * One optimiser step over a few batches, whose gradients are averaged.
 * @throws CdlmError DIVERGED on a loss or gradient that is not finite; the signal's reason when aborted
 */
export async function update(
  {
    model,
    options,
    signal,
  }: { model: Trainable; options: TrainingOptions; signal?: AbortSignal | undefined },
  batches: Batches,
  chosen: readonly number[][],
  { epoch, batch, step, steps }: Moment,
): Promise<{ losses: Losses; pieces: number }> {
  let pieces = 0;
  const losses: Losses = { loss: 0, parts: {} };
  for (const [k, members] of chosen.entries()) {
    signal?.throwIfAborted();
    const passages = batches.passagesOf(members, { epoch, batch: batch + k });
    const key = [options.seed, step * options.accumulate + k] as const;
    const settings = { signal, accumulate: k > 0, progress: step / steps };
    addLosses(losses, await model.lossOf(passages, key, settings), chosen.length);
    pieces += passages.reduce((total, passage) => total + passage.pieces, 0);
  }
  const norm = await model.engine.step({
    learningRates: learningRatesOf(model.parameters, options, learningRateFactor(options, step, steps)),
    scale: 1 / chosen.length,
    clipNorm: options.clipNorm,
  });
  if (Number.isFinite(norm) && Number.isFinite(losses.loss)) return { losses, pieces };
  throw new CdlmError("DIVERGED", `training diverged at step ${step + 1}, epoch ${epoch + 1}`, {
    expected: "a finite loss and gradient",
    received: `loss ${losses.loss}, gradient norm ${norm}`,
    hint: "Lower learningRate and headLearningRate, or keep clipNorm at 1",
  });
}
