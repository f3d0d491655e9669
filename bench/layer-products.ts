import { noise } from "../lib/graph/nd-array.js";
import { matmul } from "../lib/graph/ops/matmul.js";
import { Graph } from "../lib/graph/tensor.js";
import { writeFloats } from "../lib/model/initialise.js";
import { createEngine, type DeviceOptions } from "../lib/native/create-engine.js";
import type { Engine, Program } from "../lib/native/engine.js";

/** A linear layer's products on `rows` pieces: X W' [rows, width], dY W [rows, depth] and dY' X [width, depth]. */
export interface Layer {
  rows: number;
  width: number;
  depth: number;
}

export const nameOf = ({ rows, width, depth }: Layer): string => `${rows} rows, ${depth} to ${width}`;

export const operations = ({ rows, width, depth }: Layer): number => 3 * 2 * rows * width * depth;

/** The products of layers in an engine of ours; operands and results stay inside it. */
export class LayerProducts {
  readonly engine: Engine;
  readonly #programs = new Map<Layer, Program>();

  constructor(device: DeviceOptions) {
    this.engine = createEngine(device);
  }

  /** Milliseconds of the three products, `steps` times. */
  async measure(layer: Layer, steps: number): Promise<number[]> {
    const program = this.#programs.get(layer) ?? (await this.#compile(layer));
    this.#programs.set(layer, program);
    const times: number[] = [];
    for (let step = 0; step <= steps; step++) {
      const start = performance.now();
      await program.run({});
      if (step > 0) times.push(performance.now() - start); // the first one warms up
    }
    return times;
  }

  async #compile({ rows, width, depth }: Layer): Promise<Program> {
    const graph = new Graph();
    const shapes = { x: [rows, depth], w: [width, depth], dy: [rows, width] } as const;
    const name = (operand: keyof typeof shapes) => `${operand} ${shapes[operand].join(" ")}`;
    const operand = async (key: keyof typeof shapes) => {
      const [shape, full] = [shapes[key], name(key)];
      await this.engine.define(full, shape);
      await writeFloats(this.engine, full, Float32Array.from(noise(shape, 1).data));
      return graph.parameter(full, shape);
    };
    const [x, w, dy] = [await operand("x"), await operand("w"), await operand("dy")];
    // Results are left where gradients of their shapes belong, so that nothing is copied out.
    const gradients = new Map([
      [name("dy"), matmul(x, w, { transposeB: true })],
      [name("x"), matmul(dy, w)],
      [name("w"), matmul(dy, x, { transposeA: true })],
    ]);
    return this.engine.program({ outputs: {}, gradients });
  }
}
