import type { StoredTensor } from "../files/stored-tensor.js";
import { elementCount } from "../files/safetensors-header.js";
import { FileType, Slot } from "../native/contract.js";
import type { Engine } from "../native/engine.js";

/** Elements that are moved at a time. */
const chunk = 1 << 20;

/**
 * A moving average of a model's parameters over its epochs. Late updates of a small training set go back and forth; their
 * mean is often better than the last of them.
 */
export class WeightAverage {
  private constructor(
    private readonly engine: Engine,
    private readonly parameters: readonly StoredTensor[],
    /** The averages, for checkpoints. */
    readonly states: readonly StoredTensor[],
    private readonly decay: number,
  ) {}

  /** @param decay share of the past that an epoch leaves, 0 … 1 */
  static async of(
    engine: Engine,
    parameters: readonly StoredTensor[],
    decay: number,
  ): Promise<WeightAverage> {
    const states = parameters.map(({ name, shape, parts }) => ({
      name: averageOf(name),
      shape,
      parts: parts.map((part) => ({ ...part, name: averageOf(part.name) })),
    }));
    for (const { name, shape } of states) await engine.define(name, shape);
    return new WeightAverage(engine, parameters, states, decay);
  }

  /** Takes in the parameters as they are; the first ones are the average. */
  add(isFirst: boolean): Promise<void> {
    const share = isFirst ? 1 : 1 - this.decay;
    return this.#change((value, average) => {
      for (let k = 0; k < value.length; k++) average[k]! += share * (value[k]! - average[k]!);
      return [value, average];
    });
  }

  /** Does something with the averages in the parameters' place, and puts the parameters back. */
  async inPlace<T>(work: () => Promise<T>): Promise<T> {
    const exchange = () => this.#change((value, average) => [average, value]);
    await exchange();
    try {
      return await work();
    } finally {
      await exchange();
    }
  }

  async #change(change: (value: Float32Array, average: Float32Array) => Float32Array[]): Promise<void> {
    const { engine } = this;
    for (const { name, shape } of this.parameters) {
      const names = [name, averageOf(name)];
      const count = elementCount(shape);
      for (let offset = 0; offset < count; offset += chunk) {
        const length = Math.min(chunk, count - offset);
        const [value, average] = await Promise.all(names.map((each) => engine.read(each, Slot.value, offset, length))); // prettier-ignore
        for (const [k, data] of change(value!, average!).entries())
          await engine.write(names[k]!, Slot.value, offset, FileType.f32, new Uint8Array(data.buffer));
      }
    }
  }
}

const averageOf = (name: string): string => `average.${name}`;
