import { placeInArena, type Lifetime } from "./arena.js";
import { scatterRowsOp } from "./ops/gather.js";
import { countUses, liveNodes, rootTensors, type Roots } from "./roots.js";
import type { Dim, Node, Shape, Tensor } from "./tensor.js";

/** Values of symbols: capacities of a plan, or counts of a run. */
export type Extents = Readonly<Record<string, number>>;

/** Where a planned buffer lives: in the arena at an offset in bytes, or in a named place outside it. */
export type PlannedPlace =
  { kind: "arena"; offset: number } | { kind: "input" | "parameter" | "state" | "gradient"; name: string };

export interface PlannedBuffer {
  place: PlannedPlace;
  type: "f32" | "i32";
  shape: Shape;
}

export interface Instruction {
  op: string;
  /** Indices of buffers. */
  inputs: number[];
  outputs: number[];
  attributes: Readonly<Record<string, number>>;
}

export interface Plan {
  symbols: string[];
  buffers: PlannedBuffer[];
  instructions: Instruction[];
  outputs: { name: string; buffer: number }[];
  arenaBytes: number;
}

/** Orders a graph's live nodes, and gives every tensor its memory for the given capacities of the symbols. */
export function plan(roots: Roots, capacities: Extents): Plan {
  const planner = new Planner(roots, capacities);
  return planner.finish();
}

export function elementsOf(shape: Shape, extents: Extents): number {
  return shape.reduce<number>((product, dim) => product * extentOf(dim, extents), 1);
}

const extentOf = (dim: Dim, extents: Extents): number => (typeof dim === "number" ? dim : extents[dim]!);

class Planner {
  readonly #buffers: PlannedBuffer[] = [];
  readonly #instructions: Instruction[] = [];
  readonly #bufferOf = new Map<Tensor, number>();
  readonly #lifetimes: Lifetime[] = [];
  /** Lifetime of an arena buffer; buffers that share memory share it. */
  readonly #lifetimeOf = new Map<number, number>();
  readonly #nodes: readonly Node[];
  readonly #lastUse = new Map<Tensor, number>();
  readonly #uses: ReadonlyMap<Tensor, number>;
  readonly #gradientOf: ReadonlyMap<Tensor, string>;

  constructor(
    readonly roots: Roots,
    readonly capacities: Extents,
  ) {
    this.#nodes = liveNodes(roots);
    this.#uses = countUses(roots, this.#nodes);
    this.#gradientOf = new Map([...(roots.gradients ?? [])].map(([name, tensor]) => [tensor, name]));
    this.#nodes.forEach((node, time) => node.inputs.forEach((input) => this.#lastUse.set(input, time)));
    for (const tensor of rootTensors(roots)) this.#lastUse.set(tensor, Infinity);
  }

  finish(): Plan {
    this.#nodes.forEach((node, time) => this.#schedule(node, time));
    for (const [name, tensor] of this.roots.gradients ?? []) this.#deliverGradient(name, tensor);
    if (this.roots.assigns?.size) this.#keepStates();
    for (const [name, tensor] of this.roots.assigns ?? [])
      this.#copy(tensor, this.#add(tensor, { kind: "state", name }));
    const { offsets, bytes } = placeInArena(this.#lifetimes);
    for (const [buffer, lifetime] of this.#lifetimeOf)
      this.#buffers[buffer]!.place = { kind: "arena", offset: offsets[lifetime]! };
    const outputs = Object.entries(this.roots.outputs).map(([name, t]) => ({
      name,
      buffer: this.#bufferOf.get(t)!,
    }));
    const symbols = Object.keys(this.capacities);
    return { symbols, buffers: this.#buffers, instructions: this.#instructions, outputs, arenaBytes: bytes };
  }

  #schedule(node: Node, time: number): void {
    if (node.leaf) {
      this.#bufferOf.set(node.outputs[0]!, this.#add(node.outputs[0]!, node.leaf));
      return;
    }
    const table = this.#rowGradientTarget(node);
    const inputs = node.inputs.map((input) => this.#bufferOf.get(input)!);
    if (table !== undefined) {
      const target = this.#add(node.outputs[0]!, { kind: "gradient", name: table });
      const attributes = { accumulate: Number(this.roots.accumulate ?? false) };
      this.#instructions.push({
        op: "scatterRowGradient",
        inputs: inputs.slice(0, 2),
        outputs: [target],
        attributes,
      });
      return;
    }
    const outputs = node.outputs.map((output, k) => this.#allocate(node, output, k, time));
    this.#instructions.push({ op: node.op!.name, inputs, outputs, attributes: node.attributes });
  }

  /** The table whose gradient is this scatter and nothing else; it is then kept by rows. */
  #rowGradientTarget(node: Node): string | undefined {
    const gradient = node.outputs[0]!;
    const table = node.op === scatterRowsOp ? node.inputs[2]!.node.leaf : undefined;
    const name =
      table?.kind === "parameter" && this.#uses.get(gradient) === 1
        ? this.#gradientOf.get(gradient)
        : undefined;
    return name === table?.name ? name : undefined;
  }

  #allocate(node: Node, output: Tensor, index: number, time: number): number {
    const name = this.#gradientOf.get(output);
    if (name !== undefined && this.#uses.get(output) === 1 && !this.roots.accumulate)
      return this.#remember(output, this.#add(output, { kind: "gradient", name }));
    const buffer = this.#remember(output, this.#add(output, { kind: "arena", offset: 0 }));
    const to = this.#lastUse.get(output) ?? time;
    const shared = this.#sharedLifetime(node, output, index, time);
    if (shared === undefined) this.#live(buffer, output, { from: time, to });
    else {
      this.#lifetimes[shared]!.to = to;
      this.#lifetimeOf.set(buffer, shared);
    }
    return buffer;
  }

  /** The lifetime of the input whose memory this output takes over, if the op allows it and nobody reads it later. */
  #sharedLifetime(node: Node, output: Tensor, index: number, time: number): number | undefined {
    const source = node.inputs[node.op!.inPlace?.[index] ?? -1];
    if (!source || this.#lastUse.get(source) !== time || node.inputs.filter((t) => t === source).length > 1)
      return undefined;
    const lifetime = this.#lifetimeOf.get(this.#bufferOf.get(source)!);
    if (lifetime === undefined || this.#lifetimes[lifetime]!.to !== time) return undefined;
    const fits = 4 * elementsOf(output.shape, this.capacities) === this.#lifetimes[lifetime]!.bytes;
    return fits ? lifetime : undefined;
  }

  /** Gradients that no instruction wrote in place are copied, or added to those of the run before. */
  #deliverGradient(name: string, tensor: Tensor): void {
    const known = this.#bufferOf.get(tensor);
    if (known === undefined) return; // by rows
    const { place } = this.#buffers[known]!;
    if (place.kind === "gradient" && place.name === name) return;
    const target = this.#add(tensor, { kind: "gradient", name });
    if (!this.roots.accumulate) this.#copy(tensor, target);
    else this.#instructions.push({ op: "add", inputs: [target, known], outputs: [target], attributes: {} });
  }

  /** States that leave the graph as they are do so with the values from before the assigns. */
  #keepStates(): void {
    for (const tensor of new Set(rootTensors(this.roots))) {
      if (tensor.node.leaf?.kind !== "state") continue;
      const copy = this.#add(tensor, { kind: "arena", offset: 0 });
      this.#live(copy, tensor, { from: this.#nodes.length, to: Infinity });
      this.#copy(tensor, copy);
      this.#remember(tensor, copy);
    }
  }

  #live(buffer: number, { shape }: Tensor, { from, to }: Omit<Lifetime, "bytes">): void {
    const bytes = 4 * elementsOf(shape, this.capacities);
    this.#lifetimeOf.set(buffer, this.#lifetimes.push({ from, to, bytes }) - 1);
  }

  #copy(tensor: Tensor, target: number): void {
    const inputs = [this.#bufferOf.get(tensor)!];
    this.#instructions.push({ op: "copy", inputs, outputs: [target], attributes: {} });
  }

  #remember(tensor: Tensor, buffer: number): number {
    this.#bufferOf.set(tensor, buffer);
    return buffer;
  }

  #add({ type, shape }: Tensor, place: PlannedPlace): number {
    return this.#buffers.push({ place, type, shape }) - 1;
  }
}
