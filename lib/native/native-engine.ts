import { CdlmError } from "../errors.js";
import { fuse } from "../graph/fuse.js";
import { plan, type Extents, type Plan } from "../graph/plan.js";
import type { Roots } from "../graph/roots.js";
import type { Tensor } from "../graph/tensor.js";
import {
  Place,
  type FileType,
  type NativeAddon,
  type NativeEngine,
  type NativeProgramSpec,
  type NativeRun,
  type NativeTensors,
  type Precision,
  type Slot,
} from "./contract.js";
import type { Engine, OptimizerOptions, Program, Update } from "./engine.js";
import { requireMemory } from "./memory.js";
import { settled, toCdlmError } from "./native-error.js";
import { inputsOf, symbolsOf } from "./symbols.js";

/** The addon behind the Engine interface. */
export class AddonEngine implements Engine {
  readonly device: "cpu" | "cuda";
  readonly level: string;
  readonly threads: number;
  readonly precision: Precision;
  readonly products: string;
  readonly #native: NativeEngine;
  readonly #running = new Set<Promise<unknown>>();
  #arenaBytes = 0;
  #disposed = false;
  #disposing: Promise<void> | undefined;

  constructor(
    addon: NativeAddon,
    options: { level: string; threads: number; precision?: Precision; deviceIndex?: number },
  ) {
    const { level, threads, precision = "fp32", deviceIndex = 0 } = options;
    this.device = level === "cuda" ? "cuda" : "cpu";
    try {
      this.#native = new addon.NativeEngine(level, threads, precision, deviceIndex);
    } catch (error) {
      throw toCdlmError(error);
    }
    this.level = this.#native.level();
    this.threads = this.#native.threads();
    this.precision = this.#native.precision();
    this.products = this.#native.products();
  }

  define(name: string, shape: readonly number[]): Promise<void> {
    return this.call((native) => native.define(name, shape));
  }

  write(name: string, slot: Slot, offset: number, type: FileType, data: Uint8Array): Promise<void> {
    return this.call((native) => native.write(name, slot, offset, type, data));
  }

  read(name: string, slot: Slot, offset: number, count: number): Promise<Float32Array> {
    return this.call((native) => native.read(name, slot, offset, count));
  }

  program(roots: Roots): Program {
    return new AddonProgram(this, fuse(roots));
  }

  configureOptimizer(options: OptimizerOptions, stepsDone: number): Promise<void> {
    if (this.precision === "int8") return Promise.reject(untrainable());
    const complete = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0, ...options };
    return this.call((native) => native.configureOptimizer(complete, stepsDone));
  }

  step({ learningRates, scale = 1, clipNorm = 0 }: Update): Promise<number> {
    return this.call((native) => native.step(learningRates, scale, clipNorm));
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.allSettled(this.#running);
    this.#disposing ??= this.#native.clear();
    await this.#disposing;
    this.#native.dispose();
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Refuses an arena that memory cannot hold. There is one for all programs, which grows. A device says so itself. */
  requireArena(bytes: number): void {
    if (this.device === "cuda") return;
    requireMemory(bytes, "the working memory of this run", "Use smaller batches", this.#arenaBytes);
    this.#arenaBytes = Math.max(this.#arenaBytes, bytes);
  }

  /** Runs one native call; refused after dispose, waited for by dispose. */
  async call<T>(start: (native: NativeEngine) => Promise<T>): Promise<T> {
    if (this.#disposed) throw new CdlmError("INVALID_STATE", "the engine was disposed");
    const work = settled(() => start(this.#native));
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }
}

const untrainable = () =>
  new CdlmError("INVALID_OPTION", "int8 is a precision for prediction only", {
    expected: "auto, fp32 or bf16",
    received: "int8",
  });

const headroom = 1.25; // geometric growth: a handful of compilations serves a whole training

class AddonProgram implements Program {
  readonly #inputs: ReadonlyMap<string, Tensor>;
  #capacities: Extents = {};
  #compiled: Promise<number> | undefined;

  constructor(
    readonly engine: AddonEngine,
    readonly roots: Roots,
  ) {
    this.#inputs = inputsOf(roots);
  }

  async run(
    inputs: NativeTensors,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<NativeTensors> {
    signal?.throwIfAborted();
    const counts = symbolsOf(this.#inputs, inputs);
    const program = await this.#compiledFor(counts);
    signal?.throwIfAborted();
    const given = Object.fromEntries([...this.#inputs.keys()].map((name) => [name, inputs[name]!]));
    let run: NativeRun | undefined;
    const cancel = () => run!.cancel();
    try {
      return await this.engine.call((native) => {
        run = native.run(program, Object.values(counts), given);
        signal?.addEventListener("abort", cancel, { once: true });
        return run.result;
      });
    } catch (error) {
      if (signal?.aborted && error instanceof CdlmError && error.code === "CANCELLED") throw signal.reason;
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  arenaBytes(inputs: NativeTensors): number {
    return plan(this.roots, this.#roomFor(symbolsOf(this.#inputs, inputs))).arenaBytes;
  }

  async dispose(): Promise<void> {
    const compiled = this.#compiled;
    this.#compiled = undefined;
    if (!compiled || this.engine.disposed) return;
    await this.engine.call(async (native) => native.release(await compiled));
  }

  #compiledFor(counts: Extents): Promise<number> {
    const fits = Object.entries(counts).every(([name, count]) => count <= (this.#capacities[name] ?? -1));
    if (fits && this.#compiled) return this.#compiled;
    const [before, compiledBefore] = [this.#capacities, this.#compiled];
    const capacities = this.#roomFor(counts);
    const planned = plan(this.roots, capacities);
    this.engine.requireArena(planned.arenaBytes); // throws before anything is changed
    const compiled = this.#compile(toNative(planned, capacities), compiledBefore);
    this.#capacities = capacities;
    this.#compiled = compiled;
    compiled.catch(() => {
      if (this.#compiled === compiled) [this.#capacities, this.#compiled] = [before, compiledBefore]; // smaller runs go on
    });
    return compiled;
  }

  #roomFor(counts: Extents): Extents {
    const room = (name: string) => Math.max(this.#capacities[name] ?? 0, Math.ceil(counts[name]! * headroom));
    return Object.fromEntries(Object.keys(counts).map((name) => [name, room(name)]));
  }

  /** The new program takes the place of the previous one, unless it cannot be. */
  #compile(spec: NativeProgramSpec, previous?: Promise<number>): Promise<number> {
    return this.engine.call(async (native) => {
      const program = await native.compile(spec);
      const replaced = await previous?.catch(() => undefined);
      if (replaced !== undefined) await native.release(replaced);
      return program;
    });
  }
}

/** A plan as the addon reads it. */
export function toNative(planned: Plan, capacities: Extents): NativeProgramSpec {
  const extent = (dim: number | string) =>
    typeof dim === "number" ? dim : -1 - planned.symbols.indexOf(dim);
  return {
    ...planned,
    capacities: planned.symbols.map((symbol) => capacities[symbol]!),
    buffers: planned.buffers.map(({ place, type, shape }) => ({
      place: Place[place.kind],
      type: type === "f32" ? 0 : 1,
      shape: shape.map(extent),
      offset: place.kind === "arena" ? place.offset : 0,
      name: place.kind === "arena" ? "" : place.name,
    })),
    instructions: planned.instructions.map((instruction) => ({
      ...instruction,
      attributes: { ...instruction.attributes },
    })),
  };
}
