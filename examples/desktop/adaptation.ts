import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { cutDev } from "../../lib/data/dataset.js";
import { writeJsonlFile } from "../../lib/data/jsonl-file.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { makeFolder } from "../../lib/files/make-folder.js";
import { adapt, CdlmError, type TrainingReport } from "../../lib/index.js";
import type { Adaptation as Status, Progress } from "./protocol.js";

/** From so many lines on, one in five is held out: it chooses the best epoch and fits the confidences. */
const leastToHoldOut = 10;
const heldOutShare = 0.2;

export interface Start {
  /** Folder of the model that every adaptation begins with. */
  model: string;
  epochs: number;
  /** Folder of the run: its data, its checkpoint, its model. */
  run: string;
}

/** One run of `adapt` at a time: begun, stopped, gone on with. Its data are kept, so that later corrections do not hinder it. */
export class Adaptation {
  status: Status;
  #abort: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly start: Start,
    private readonly onChange: () => void,
    /** Takes the finished model out of the folder of the run. */
    private readonly onModel: (folder: string) => Promise<void>,
  ) {
    this.status = this.#hasCheckpoint ? { status: "stopped", progress: null } : { status: "idle" };
  }

  /** @throws CdlmError INVALID_STATE while a run goes on, DATA_EMPTY where nothing can be learnt */
  begin(sentences: readonly Sentence[]): void {
    this.#requireRest();
    if (!sentences.some(({ tags }) => tags.some((tag) => tag !== "O")))
      throw new CdlmError("DATA_EMPTY", "there is nothing to learn from yet", {
        expected: "at least one checked line with an entity",
        received: `${sentences.length} checked lines without`,
      });
    this.#run(async () => {
      await rm(this.start.run, { recursive: true, force: true });
      await this.#writeData(sentences);
    });
  }

  /** @throws CdlmError INVALID_STATE while a run goes on, or where there is nothing to go on with */
  resume(): void {
    this.#requireRest();
    if (!this.#hasCheckpoint)
      throw new CdlmError("INVALID_STATE", "there is no stopped adaptation to go on with");
    this.#run();
  }

  /** Ends when the run has written its checkpoint; does nothing where none goes on. */
  async stop(): Promise<void> {
    if (this.status.status === "running") {
      this.#become({ ...this.status, status: "stopping" });
      this.#abort?.abort();
    }
    await this.#running;
  }

  #run(prepare: () => Promise<void> = async () => {}): void {
    this.#abort = new AbortController();
    this.#become({ status: "running", progress: null });
    this.#running = this.#toTheEnd(prepare, this.#abort.signal);
  }

  async #toTheEnd(prepare: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await prepare();
      const report = await this.#adapt(signal);
      await this.onModel(this.#out);
      await rm(this.start.run, { recursive: true, force: true });
      const { trainSentences: sentences, seconds, devF1: f1 } = report;
      this.#become({ status: "done", sentences, seconds, f1 });
    } catch (error) {
      this.#become(signal.aborted ? this.#stopped() : { status: "failed", message: (error as Error).message }); // prettier-ignore
    }
  }

  #adapt(signal: AbortSignal): Promise<TrainingReport> {
    const { model, epochs } = this.start;
    const onProgress = (progress: Progress) => {
      if (this.status.status === "running" || this.status.status === "stopping")
        this.#become({ ...this.status, progress });
    };
    return adapt({ model, data: this.#data, out: this.#out, options: { epochs }, resume: true, signal, onProgress }); // prettier-ignore
  }

  get #hasCheckpoint(): boolean {
    return existsSync(path.join(this.#out, "checkpoint", "state.json"));
  }

  get #data(): string {
    return path.join(this.start.run, "data");
  }

  get #out(): string {
    return path.join(this.start.run, "model");
  }

  #requireRest(): void {
    const { status } = this.status;
    if (status !== "running" && status !== "stopping") return;
    throw new CdlmError("INVALID_STATE", "the model is being adapted already", { hint: "Stop it first" });
  }

  #stopped(): Status {
    const { progress } = this.status as { progress: Progress | null };
    return this.#hasCheckpoint ? { status: "stopped", progress } : { status: "idle" };
  }

  #become(status: Status): void {
    this.status = status;
    this.onChange();
  }

  async #writeData(sentences: readonly Sentence[]): Promise<void> {
    await makeFolder(this.#data);
    const { train, dev } = sentences.length < leastToHoldOut ? { train: sentences, dev: [] } : cutDev(sentences, heldOutShare, 1); // prettier-ignore
    await writeJsonlFile(path.join(this.#data, "train.jsonl"), train);
    if (dev.length > 0) await writeJsonlFile(path.join(this.#data, "dev.jsonl"), dev);
  }
}
