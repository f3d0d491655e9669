import { CdlmError } from "../errors.js";
import { interpret } from "../graph/interpret.js";
import { elements, zeros, type NdArray } from "../graph/nd-array.js";
import type { Extents } from "../graph/plan.js";
import { plan } from "../graph/plan.js";
import { rootTensors, type Roots } from "../graph/roots.js";
import type { Tensor } from "../graph/tensor.js";
import { FileType, Slot, type NativeTensors } from "./contract.js";
import type { Engine, OptimizerOptions, Program, Update } from "./engine.js";
import { inputsOf, symbolsOf } from "./symbols.js";

/**
 * The references of the ops and a dense optimiser in float64: the oracle that the addon is tested against. Hundreds of
 * times slower, so it runs only when asked for.
 */
export class ReferenceEngine implements Engine {
  readonly device = "reference";
  readonly level = "float64";
  readonly threads = 1;
  readonly precision = "float64";
  readonly products = "float64";
  readonly #tensors = new Map<string, Partial<Record<Slot, NdArray>>>();
  #optimizer: Required<OptimizerOptions> | undefined;
  #stepsDone = 0;

  define(name: string, shape: readonly number[]): Promise<void> {
    const known = this.#tensors.get(name)?.[Slot.value];
    if (!known) this.#tensors.set(name, { [Slot.value]: zeros("f32", shape) });
    else if (known.shape.join() !== shape.join())
      throw new CdlmError("INVALID_STATE", "a parameter of this name and another shape exists", {
        received: name,
      });
    return Promise.resolve();
  }

  write(name: string, slot: Slot, offset: number, type: FileType, data: Uint8Array): Promise<void> {
    if (type !== FileType.f32) throw new CdlmError("INVALID_OPTION", "the reference engine reads fp32 only");
    const copy = data.slice();
    this.tensor(name, slot).data.set(new Float32Array(copy.buffer), offset);
    return Promise.resolve();
  }

  read(name: string, slot: Slot, offset: number, count: number): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(this.tensor(name, slot).data.subarray(offset, offset + count)));
  }

  program(roots: Roots): Program {
    return new ReferenceProgram(this, roots);
  }

  configureOptimizer(options: OptimizerOptions, stepsDone: number): Promise<void> {
    this.#optimizer = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0, ...options };
    this.#stepsDone = stepsDone;
    return Promise.resolve();
  }

  step({ learningRates, scale = 1, clipNorm = 0 }: Update): Promise<number> {
    if (!this.#optimizer) throw new CdlmError("INVALID_STATE", "no optimizer is configured");
    const { groups } = this.#optimizer;
    const all = groups.flatMap((group) => group.parameters);
    let squares = 0;
    for (const name of all) for (const value of this.tensor(name, Slot.gradient).data) squares += value ** 2;
    const norm = Math.sqrt(squares) * scale;
    if (!Number.isFinite(norm)) return Promise.resolve(norm);
    const factor = scale * (clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1);
    this.#stepsDone++;
    groups.forEach(({ weightDecay, parameters }, k) => {
      for (const name of parameters) this.#update(name, learningRates[k]!, weightDecay, factor);
    });
    return Promise.resolve(norm);
  }

  dispose(): Promise<void> {
    this.#tensors.clear();
    return Promise.resolve();
  }

  /** A slot of a parameter; slots but the value come into being, as zeros, when first asked for. */
  tensor(name: string, slot: Slot): NdArray {
    const slots = this.#tensors.get(name);
    if (!slots) throw new CdlmError("INTERNAL", "unknown parameter", { received: name });
    return (slots[slot] ??= zeros("f32", slots[Slot.value]!.shape));
  }

  #update(name: string, rate: number, decay: number, factor: number): void {
    const { rule, beta1, beta2, epsilon, momentum } = this.#optimizer!;
    const [p, g, m, v] = [Slot.value, Slot.gradient, Slot.moment1, Slot.moment2].map(
      (s) => this.tensor(name, s).data,
    );
    const [correction1, correction2] = [1 - beta1 ** this.#stepsDone, 1 - beta2 ** this.#stepsDone];
    for (let i = 0; i < p!.length; i++) {
      const gradient = g![i]! * factor;
      if (rule === "sgd") {
        m![i] = momentum * m![i]! + gradient + decay * p![i]!;
        p![i]! -= rate * m![i]!;
        continue;
      }
      m![i] = beta1 * m![i]! + (1 - beta1) * gradient;
      v![i] = beta2 * v![i]! + (1 - beta2) * gradient ** 2;
      p![i] =
        p![i]! * (1 - rate * decay) -
        ((rate / correction1) * m![i]!) / (Math.sqrt(v![i]! / correction2) + epsilon);
    }
  }
}

class ReferenceProgram implements Program {
  readonly #inputs: ReadonlyMap<string, Tensor>;

  constructor(
    readonly engine: ReferenceEngine,
    readonly roots: Roots,
  ) {
    this.#inputs = inputsOf(roots);
  }

  run(inputs: NativeTensors, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<NativeTensors> {
    signal?.throwIfAborted();
    const extents = symbolsOf(this.#inputs, inputs);
    const values = interpret(this.roots, (tensor) => this.#leaf(tensor, inputs, extents), extents);
    const copies = rootTensors(this.roots).map(
      (tensor) => [tensor, values.get(tensor)!.data.slice()] as const,
    );
    const results = new Map(copies);
    for (const [name, tensor] of this.roots.gradients ?? []) {
      const gradient = this.engine.tensor(name, Slot.gradient).data;
      results
        .get(tensor)!
        .forEach((value, i) => (gradient[i] = value + (this.roots.accumulate ? gradient[i]! : 0)));
    }
    for (const [name, tensor] of this.roots.assigns ?? [])
      this.engine.tensor(name, Slot.value).data.set(results.get(tensor)!);
    const outputs = Object.entries(this.roots.outputs).map(([name, tensor]) => {
      const data = results.get(tensor)!;
      return [name, data instanceof Int32Array ? data : Float32Array.from(data)];
    });
    return Promise.resolve(Object.fromEntries(outputs) as NativeTensors);
  }

  arenaBytes(inputs: NativeTensors): number {
    return plan(this.roots, symbolsOf(this.#inputs, inputs)).arenaBytes;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  #leaf(tensor: Tensor, inputs: NativeTensors, extents: Extents): NdArray {
    const { kind, name } = tensor.node.leaf!;
    if (kind !== "input") return this.engine.tensor(name, Slot.value);
    const shape = tensor.shape.map((dim) => (typeof dim === "number" ? dim : extents[dim]!));
    const data = inputs[name]!.slice(0, elements(shape));
    return { type: tensor.type, shape, data: data instanceof Int32Array ? data : Float64Array.from(data) };
  }
}
