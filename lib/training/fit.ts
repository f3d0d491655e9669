import type { Sentence } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { Batches, type Pools } from "./batches.js";
import { removeUnfinishedFiles, writeCheckpoint, type TrainingState } from "./checkpoint.js";
import { isBest, isDue, noteScore, outOfPatience, scoreOn } from "./evaluations.js";
import { MetricsFile } from "./metrics-file.js";
import type { TrainingOptions } from "./options.js";
import { optimizerOf } from "./parameter-groups.js";
import type { TrainingProgress } from "./progress.js";
import { Reports } from "./reports.js";
import { restore } from "./restore.js";
import type { Trainable } from "./trainable.js";
import { requireTrainingMemory } from "./training-memory.js";
import { update } from "./update.js";
import { WeightAverage } from "./weight-average.js";

export interface FitRequest {
  model: Trainable;
  train: readonly Sentence[];
  /** What interventions draw from. */
  pools: Pools;
  /** Chooses the best epoch; without it the last one is kept. */
  dev: readonly Sentence[] | undefined;
  /** Folder of the model, the checkpoint and the metrics. */
  out: string;
  options: TrainingOptions;
  provenance: Record<string, unknown>;
  /** Whatever else must not change between a run and its resumption, e.g. checksums of the data. */
  fingerprint: Record<string, unknown>;
  resume: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

export interface FitReport {
  /** Dev F1 in percent of the model that was kept; null without dev data. */
  devF1: number | null;
  /** Epoch that was kept, from 1. */
  epoch: number;
  epochs: number;
  steps: number;
  seconds: number;
  /** Of training alone. */
  piecesPerSecond: number;
}

/**
 * Trains a model, keeps the epoch that is best on dev in `out`, and writes checkpoints on the way. The last one stays, so that
 * a stop later on loses nothing: `removeCheckpoint` when the model is done.
 * @throws CdlmError DIVERGED on a loss that is not finite; the signal's reason when aborted, after a checkpoint
 */
export async function fit(request: FitRequest): Promise<FitReport> {
  const run = await Run.begin(request);
  return run.toTheEnd();
}

class Run {
  readonly #started = performance.now();
  readonly #reports: Reports;
  #lastCheckpoint = performance.now();

  private constructor(
    readonly request: FitRequest,
    readonly batches: Batches,
    readonly steps: number,
    readonly state: TrainingState,
    readonly metrics: MetricsFile,
    readonly average: WeightAverage | undefined,
  ) {
    const { onProgress, options } = request;
    this.#reports = new Reports({ epochs: options.epochs, steps }, state.step, onProgress);
  }

  static async begin(request: FitRequest): Promise<Run> {
    const { model, train, options, out } = request;
    if (train.length === 0) throw new CdlmError("DATA_EMPTY", "there is no sentence to train on");
    const batches = await Batches.of(model, train, request.pools, options);
    requireTrainingMemory(model, batches, options);
    const { engine } = model;
    const { averageDecay } = options;
    const average = averageDecay ? await WeightAverage.of(engine, model.parameters, averageDecay) : undefined; // prettier-ignore
    const state = await restore(request, batches, checkpointed(model, average));
    await engine.configureOptimizer(optimizerOf(model.parameters, options), state.step);
    const metrics = await MetricsFile.open(out, state.metricsBytes);
    await removeUnfinishedFiles(out);
    return new Run(request, batches, batches.steps, state, metrics, average);
  }

  async toTheEnd(): Promise<FitReport> {
    const { options, dev } = this.request;
    const { state } = this;
    try {
      for (;;) {
        if (dev && isDue(options, state)) await this.#averaged(() => this.#evaluate(dev));
        await this.#checkpointIfDue();
        if (state.epoch === options.epochs || outOfPatience(options, state)) break;
        await this.#trainEpoch();
      }
      if (!state.best) await this.#averaged(() => this.#keep());
    } catch (error) {
      if (this.request.signal?.aborted) await this.#checkpoint();
      throw error;
    }
    await this.#checkpoint();
    return {
      devF1: state.best?.f1 ?? null,
      epoch: state.best?.epoch ?? state.epoch,
      epochs: state.epoch,
      steps: state.step,
      seconds: (performance.now() - this.#started) / 1000,
      piecesPerSecond: this.#reports.pace.piecesPerSecond,
    };
  }

  async #trainEpoch(): Promise<void> {
    const { state } = this;
    const batches = this.batches.ofEpoch(state.epoch);
    const { accumulate } = this.request.options;
    while (state.batch < batches.length) {
      await this.#update(batches.slice(state.batch, state.batch + accumulate));
      if (state.batch < batches.length) await this.#checkpointIfDue();
    }
    await this.average?.add(state.epoch === 0);
    state.epoch++;
    state.batch = 0;
    this.#reports.tell("train", state);
    await this.metrics.append({
      epoch: state.epoch,
      step: state.step,
      ...this.#reports.endOfEpoch(),
      seconds: this.#seconds(),
    });
  }

  async #update(chosen: readonly number[][]): Promise<void> {
    const { state } = this;
    const started = performance.now();
    const { losses, pieces } = await update(this.request, this.batches, chosen, {
      ...state,
      steps: this.steps,
    });
    state.step++;
    state.batch += chosen.length;
    this.#reports.add(losses, pieces, performance.now() - started, state.step);
    this.#reports.tell("train", state);
  }

  async #evaluate(dev: readonly Sentence[]): Promise<void> {
    const { model, signal } = this.request;
    const { state } = this;
    this.#reports.tell("evaluate", state);
    const scores = await scoreOn(dev, model, signal);
    if (isBest(scores.f1, state)) await this.#keep();
    noteScore(scores.f1, state);
    await this.metrics.append({
      epoch: state.epoch,
      step: state.step,
      dev: scores,
      seconds: this.#seconds(),
    });
    this.#reports.tell("evaluate", state, scores.f1);
  }

  /** On the averaged weights, where there are any. */
  #averaged(work: () => Promise<void>): Promise<void> {
    return this.average ? this.average.inPlace(work) : work();
  }

  async #keep(): Promise<void> {
    this.#reports.tell("save", this.state);
    await this.request.model.save(this.request.out, { ...this.request.provenance, epoch: this.state.epoch });
  }

  async #checkpointIfDue(): Promise<void> {
    const { checkpointSeconds } = this.request.options;
    if (performance.now() - this.#lastCheckpoint >= checkpointSeconds * 1000) await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    const { out, model } = this.request;
    this.#reports.tell("save", this.state);
    await writeCheckpoint(out, checkpointed(model, this.average), {
      ...this.state,
      metricsBytes: this.metrics.bytes,
    });
    this.#lastCheckpoint = performance.now();
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}

function checkpointed({ engine, parameters, states }: Trainable, average: WeightAverage | undefined) {
  return { engine, parameters, states: [...states, ...(average?.states ?? [])] };
}
