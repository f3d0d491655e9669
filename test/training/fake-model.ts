import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Passage } from "../../lib/model/passages.js";
import { Slot, FileType } from "../../lib/native/contract.js";
import type { OptimizerOptions, Update } from "../../lib/native/engine.js";
import { ReferenceEngine } from "../../lib/native/reference-engine.js";
import { single, type ParameterSpec } from "../../lib/nn/scope.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import type { Trainable } from "../../lib/training/trainable.js";
import { golden } from "../support/golden.js";

/** A parameter of one number. */
export const parameter = (name: string, group: ParameterSpec["group"], decay: boolean): ParameterSpec =>
  single(name, [1], { group, decay, initialiser: { kind: "constant", value: 0 } });

/** Remembers what it was asked for. */
class RecordingEngine extends ReferenceEngine {
  readonly optimizers: [options: OptimizerOptions, stepsDone: number][] = [];
  readonly updates: Update[] = [];

  override configureOptimizer(options: OptimizerOptions, stepsDone: number): Promise<void> {
    this.optimizers.push([options, stepsDone]);
    return super.configureOptimizer(options, stepsDone);
  }

  override step(update: Update): Promise<number> {
    this.updates.push(update);
    return super.step(update);
  }
}

type LossOf = Trainable["lossOf"];

/** A model whose every gradient is 1 and that tags as it is told. */
export class FakeModel implements Trainable {
  readonly states = [];
  readonly tagSet = new TagSet(["a"]);
  readonly maxPositions = 64;
  readonly batches: {
    passages: readonly Passage[];
    key: Parameters<LossOf>[1];
    options: Parameters<LossOf>[2];
  }[] = [];

  private constructor(
    readonly engine: RecordingEngine,
    readonly tokenizer: Tokenizer,
    readonly parameters: readonly ParameterSpec[],
    readonly tagSentences: Trainable["tagSentences"],
  ) {}

  /** @param tagged tags of the sentences after so many updates */
  static async of(
    parameters: readonly ParameterSpec[],
    tagged: (updates: number) => { tags: string[] }[] = () => [],
  ): Promise<FakeModel> {
    const engine = new RecordingEngine();
    const tag = () => Promise.resolve(tagged(engine.updates.length));
    const model = new FakeModel(engine, await Tokenizer.load(golden("tiny-bert")), parameters, tag);
    for (const { name, shape } of parameters) await engine.define(name, shape);
    return model;
  }

  /** The loss of a batch is its number, from 1. */
  async lossOf(...[passages, key, options]: Parameters<LossOf>) {
    this.batches.push({ passages, key, options });
    const one = new Uint8Array(Float32Array.of(1).buffer);
    for (const { name } of this.parameters)
      await this.engine.write(name, Slot.gradient, 0, FileType.f32, one);
    return { loss: this.batches.length, parts: {} };
  }

  async save(folder: string): Promise<void> {
    const values = this.parameters.map(({ name }) => this.engine.tensor(name, Slot.value).data[0]);
    await writeFile(path.join(folder, "fake.json"), JSON.stringify(values));
  }
}
