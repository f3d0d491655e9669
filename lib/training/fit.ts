import type { Sentence } from "../data/sentence.js";
import { CdlmError } from "../errors.js";
import { scoreSpans } from "../eval/span-scores.js";
import type { Losses } from "../model/tagger-model.js";
import { Batches, type Pools } from "./batches.js";
import {
  freshState,
  loadCheckpoint,
  readCheckpoint,
  removeCheckpoint,
  removeUnfinishedFiles,
  requireSameFingerprint,
  writeCheckpoint,
  type TrainingState,
} from "./checkpoint.js";
import { MetricsFile } from "./metrics-file.js";
import type { TrainingOptions } from "./options.js";
import { addLosses, meanLosses } from "./losses.js";
import { learningRatesOf, optimizerOf } from "./parameter-groups.js";
import { Pace, type TrainingProgress } from "./progress.js";
import { learningRateFactor } from "./schedule.js";
import type { Trainable } from "./trainable.js";
import { requireTrainingMemory } from "./training-memory.js";
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
 * Trains a model, keeps the epoch that is best on dev in `out`, and writes checkpoints on the way.
 * @throws CdlmError DIVERGED on a loss that is not finite; the signal's reason when aborted, after a checkpoint
 */
export async function fit(request: FitRequest): Promise<FitReport> {
  const run = await Run.begin(request);
  return run.toTheEnd();
}

class Run {
  readonly #started = performance.now();
  readonly #pace: Pace;
  #lastCheckpoint = performance.now();
  #losses: Losses[] = [];

  private constructor(
    readonly request: FitRequest,
    readonly batches: Batches,
    readonly steps: number,
    readonly state: TrainingState,
    readonly metrics: MetricsFile,
    readonly average: WeightAverage | undefined,
  ) {
    this.#pace = new Pace(state.step / steps);
  }

  static async begin(request: FitRequest): Promise<Run> {
    const { model, train, options, out } = request;
    if (train.length === 0) throw new CdlmError("DATA_EMPTY", "there is no sentence to train on");
    const batches = await Batches.of(model, train, request.pools, options);
    requireTrainingMemory(model, batches, options);
    const { engine } = model;
    const { averageDecay } = options;
    const average = averageDecay ? await WeightAverage.of(engine, model.parameters, averageDecay) : undefined; // prettier-ignore
    const { checkpointSeconds: _, ...decisive } = options;
    const place = { device: engine.device, level: engine.level, products: engine.products };
    const fingerprint = { ...request.fingerprint, options: decisive, ...place };
    const saved = request.resume ? await readCheckpoint(out) : undefined;
    if (saved) {
      requireSameFingerprint(saved.state.fingerprint, fingerprint);
      batches.requireMoment(saved.state);
      await loadCheckpoint(saved.tensors, checkpointed(model, average));
    } else await removeCheckpoint(out); // of an earlier run, which nobody may take for one of this
    const state = saved?.state ?? freshState(fingerprint);
    await engine.configureOptimizer(optimizerOf(model.parameters, options), state.step);
    const metrics = await MetricsFile.open(out, state.metricsBytes);
    await removeUnfinishedFiles(out);
    return new Run(request, batches, batches.steps, state, metrics, average);
  }

  async toTheEnd(): Promise<FitReport> {
    const { options, dev, out } = this.request;
    const { state } = this;
    try {
      for (;;) {
        const isDue = isEvaluated(options, state.epoch) && state.evaluatedEpoch < state.epoch;
        if (dev && isDue && state.batch === 0) await this.#averaged(() => this.#evaluate(dev));
        await this.#checkpoint(false);
        if (state.epoch === options.epochs || this.#outOfPatience()) break;
        await this.#trainEpoch();
      }
      if (!state.best) await this.#averaged(() => this.#keep());
    } catch (error) {
      if (this.request.signal?.aborted) await this.#checkpoint(true);
      throw error;
    }
    await removeCheckpoint(out);
    return {
      devF1: state.best?.f1 ?? null,
      epoch: state.best?.epoch ?? state.epoch,
      epochs: state.epoch,
      steps: state.step,
      seconds: (performance.now() - this.#started) / 1000,
      piecesPerSecond: this.#pace.piecesPerSecond,
    };
  }

  async #trainEpoch(): Promise<void> {
    const { state } = this;
    const batches = this.batches.ofEpoch(state.epoch);
    const { accumulate } = this.request.options;
    while (state.batch < batches.length) {
      await this.#update(batches.slice(state.batch, state.batch + accumulate));
      if (state.batch < batches.length) await this.#checkpoint(false);
    }
    await this.average?.add(state.epoch === 0);
    state.epoch++;
    state.batch = 0;
    this.#report("train");
    await this.metrics.append({
      epoch: state.epoch,
      step: state.step,
      ...meanLosses(this.#losses),
      seconds: this.#seconds(),
    });
    this.#losses = [];
  }

  /** One optimiser step over a few batches, whose gradients are averaged. */
  async #update(batches: readonly number[][]): Promise<void> {
    const { model, options, signal } = this.request;
    const { state } = this;
    const started = performance.now();
    let pieces = 0;
    const sum: Losses = { loss: 0, parts: {} };
    const progress = state.step / this.steps;
    for (const [k, batch] of batches.entries()) {
      signal?.throwIfAborted();
      const place = { epoch: state.epoch, batch: state.batch + k };
      const chosen = this.batches.passagesOf(batch, place);
      const key = [options.seed, state.step * options.accumulate + k] as const;
      addLosses(
        sum,
        await model.lossOf(chosen, key, { signal, accumulate: k > 0, progress }),
        batches.length,
      );
      pieces += chosen.reduce((total, passage) => total + passage.pieces, 0);
    }
    const factor = learningRateFactor(options, state.step, this.steps);
    const norm = await model.engine.step({
      learningRates: learningRatesOf(model.parameters, options, factor),
      scale: 1 / batches.length,
      clipNorm: options.clipNorm,
    });
    if (!Number.isFinite(norm) || !Number.isFinite(sum.loss)) throw this.#diverged(sum.loss, norm);
    state.step++;
    state.batch += batches.length;
    this.#losses.push(sum);
    this.#pace.add(pieces, performance.now() - started, state.step / this.steps);
    this.#report("train");
  }

  async #evaluate(dev: readonly Sentence[]): Promise<void> {
    const { model, signal } = this.request;
    const { state } = this;
    this.#report("evaluate");
    const predicted = await model.tagSentences(dev.map(({ words }) => words), { signal }); // prettier-ignore
    const scores = scoreSpans(dev.map(({ tags }) => tags), predicted.map(({ tags }) => tags)); // prettier-ignore
    const { f1 } = scores.micro;
    const better = state.best === null || f1 > state.best.f1;
    if (better) await this.#keep();
    state.best = better ? { f1, epoch: state.epoch } : state.best;
    state.evaluatedEpoch = state.epoch;
    state.evaluationsWithoutGain = better ? 0 : state.evaluationsWithoutGain + 1;
    await this.metrics.append({
      epoch: state.epoch,
      step: state.step,
      dev: scores.micro,
      seconds: this.#seconds(),
    });
    this.#report("evaluate", f1);
  }

  /** On the averaged weights, where there are any. */
  #averaged(work: () => Promise<void>): Promise<void> {
    return this.average ? this.average.inPlace(work) : work();
  }

  async #keep(): Promise<void> {
    this.#report("save");
    await this.request.model.save(this.request.out, { ...this.request.provenance, epoch: this.state.epoch });
  }

  async #checkpoint(now: boolean): Promise<void> {
    const { out, model, options } = this.request;
    if (!now && performance.now() - this.#lastCheckpoint < options.checkpointSeconds * 1000) return;
    this.#report("save");
    await writeCheckpoint(out, checkpointed(model, this.average), {
      ...this.state,
      metricsBytes: this.metrics.bytes,
    });
    this.#lastCheckpoint = performance.now();
  }

  #outOfPatience(): boolean {
    const { patience } = this.request.options;
    return patience > 0 && this.state.evaluationsWithoutGain >= patience;
  }

  #report(phase: TrainingProgress["phase"], devF1?: number): void {
    const { epoch, step } = this.state;
    const { epochs } = this.request.options;
    const loss = this.#losses.length > 0 ? { loss: meanLosses(this.#losses).loss } : {};
    this.request.onProgress?.({
      phase,
      epoch: Math.min(epochs, phase === "train" ? epoch + 1 : epoch),
      epochs,
      step,
      steps: this.steps,
      ...loss,
      piecesPerSecond: this.#pace.piecesPerSecond,
      secondsLeft: this.#pace.secondsLeft,
      ...(devF1 === undefined ? {} : { devF1 }),
    });
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #diverged(loss: number, norm: number): CdlmError {
    const { epoch, step } = this.state;
    return new CdlmError("DIVERGED", `training diverged at step ${step + 1}, epoch ${epoch + 1}`, {
      expected: "a finite loss and gradient",
      received: `loss ${loss}, gradient norm ${norm}`,
      hint: "Lower learningRate and headLearningRate, or keep clipNorm at 1",
    });
  }
}

function checkpointed({ engine, parameters, states }: Trainable, average: WeightAverage | undefined) {
  return { engine, parameters, states: [...states, ...(average?.states ?? [])] };
}

function isEvaluated({ epochs, evaluateFrom, evaluateEvery }: TrainingOptions, done: number): boolean {
  const every = evaluateEvery ?? Math.max(1, Math.round(epochs / 10));
  return done > 0 && done >= evaluateFrom * epochs && (epochs - done) % every === 0;
}
