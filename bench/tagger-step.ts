import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEncoderConfig } from "../lib/model/encoder-config.js";
import { initialise } from "../lib/model/initialise.js";
import { objectiveSchema } from "../lib/model/objective.js";
import { predictionGraph, trainingGraph } from "../lib/model/tagger.js";
import { plainTagger } from "../lib/model/word-scores.js";
import type { NativeTensors } from "../lib/native/contract.js";
import { createEngine, type DeviceOptions } from "../lib/native/create-engine.js";
import type { Engine } from "../lib/native/engine.js";

const tags = 9;

/** A tagger with random weights on a packed batch of equal sentences, for timing. */
export class TaggerStep {
  #step = 0;

  private constructor(
    readonly engine: Engine,
    readonly inputs: NativeTensors,
    readonly programs: { train: ReturnType<Engine["program"]>; forward: ReturnType<Engine["program"]> },
  ) {}

  /** @param folder of an encoder's `config.json` */
  static async create(
    folder: string,
    device: DeviceOptions,
    sentences: number,
    length: number,
  ): Promise<TaggerStep> {
    const file = path.join(folder, "config.json");
    const encoder = parseEncoderConfig(readFileSync(file, "utf8"), file);
    const shape = plainTagger({ encoder, tags, wordShape: false });
    const training = trainingGraph(shape, objectiveSchema.parse({}));
    const engine = createEngine(device);
    await initialise(engine, training.parameters, 1);
    const groups = [{ weightDecay: 0.01, parameters: training.parameters.map(({ name }) => name) }];
    if (engine.precision !== "int8") await engine.configureOptimizer({ rule: "adamw", groups }, 0);
    const programs = {
      train: engine.program(training.roots),
      forward: engine.program(predictionGraph(shape).roots),
    };
    return new TaggerStep(engine, batch(sentences, length, encoder.vocab_size), programs);
  }

  /** Milliseconds of each step: forward, backward, clipping and AdamW. */
  async train(steps: number): Promise<number[]> {
    return this.#time(steps, async () => {
      await this.programs.train.run({ ...this.inputs, key: Int32Array.of(1, this.#step++) });
      await this.engine.step({ learningRates: [1e-4], clipNorm: 1 });
    });
  }

  async forward(steps: number): Promise<number[]> {
    const transitions = new Float32Array((tags + 1) * tags);
    return this.#time(steps, async () => {
      await this.programs.forward.run({ ...this.inputs, key: new Int32Array(2), transitions });
    });
  }

  async #time(steps: number, work: () => Promise<void>): Promise<number[]> {
    const times: number[] = [];
    for (let step = 0; step < steps; step++) {
      const start = performance.now();
      await work();
      times.push(performance.now() - start);
    }
    return times;
  }
}

function batch(sentences: number, length: number, vocabulary: number): NativeTensors {
  const pieces = sentences * length;
  const words = sentences * (length - 2);
  const fill = (size: number, value: (index: number) => number) =>
    Int32Array.from({ length: size }, (_, k) => value(k));
  return {
    pieces: fill(pieces, (k) => 1000 + ((k * 7919) % (vocabulary - 2000))),
    positions: fill(pieces, (k) => k % length),
    sentences: fill(2 * sentences, (k) => (k % 2 ? length : (k / 2) * length)),
    shapes: new Int32Array(pieces),
    segments: new Int32Array(pieces),
    firstPieces: fill(words, (k) => Math.floor(k / (length - 2)) * length + 1 + (k % (length - 2))),
    words: fill(2 * sentences, (k) => (k % 2 ? length - 2 : (k / 2) * (length - 2))),
    gold: fill(words, (k) => k % tags),
  };
}
