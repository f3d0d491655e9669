import { CdlmError } from "../errors.js";
import type { Op } from "./op.js";

/** An extent: a number, or the name of a symbol whose value each run supplies (`words`, `pieces`, …). */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DataType = "f32" | "i32";

export interface TensorType {
  readonly type: DataType;
  readonly shape: Shape;
}

/** Numbers only, so that attributes cross the native border unchanged; booleans are 0 and 1. */
export type Attributes = Readonly<Record<string, number>>;

/** Where a value that no op computes comes from. */
export interface Leaf {
  readonly kind: "input" | "parameter" | "state";
  readonly name: string;
}

export interface Node {
  readonly id: number;
  readonly graph: Graph;
  /** The op that computes the outputs; leaves have none. */
  readonly op?: Op;
  readonly leaf?: Leaf;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  outputs: readonly Tensor[];
}

/** A symbolic tensor: one output of one node. Nothing is computed until a program runs. */
export class Tensor implements TensorType {
  constructor(
    readonly node: Node,
    readonly index: number,
    readonly type: DataType,
    readonly shape: Shape,
  ) {}

  get graph(): Graph {
    return this.node.graph;
  }
}

/** Nodes in the order of their creation, which is a topological order. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #leaves = new Map<string, Tensor>();

  /** A value that each run supplies. */
  input(name: string, type: DataType, shape: Shape): Tensor {
    return this.#leaf({ kind: "input", name }, type, shape);
  }

  /** A trained tensor (f32) of the parameter store; the same name gives the same tensor. */
  parameter(name: string, shape: Shape): Tensor {
    return this.#leaf({ kind: "parameter", name }, "f32", shape);
  }

  /** A tensor (f32) that runs keep between them and only `assign` changes. */
  state(name: string, shape: Shape): Tensor {
    return this.#leaf({ kind: "state", name }, "f32", shape);
  }

  /** Adds a node. Its shape rule runs here, so a mistake is found where the model is written. */
  apply(op: Op, inputs: readonly Tensor[], attributes: Attributes = {}): readonly Tensor[] {
    const foreign = inputs.find((tensor) => tensor.graph !== this);
    if (foreign) throw new CdlmError("INTERNAL", `${op.name}: an input belongs to another graph`);
    return this.#add({ op, inputs, attributes }, op.infer(inputs, attributes));
  }

  #leaf(leaf: Leaf, type: DataType, shape: Shape): Tensor {
    const key = `${leaf.kind} ${leaf.name}`;
    const known = this.#leaves.get(key);
    if (known === undefined) {
      const tensor = this.#add({ leaf, inputs: [], attributes: {} }, [{ type, shape }])[0]!;
      this.#leaves.set(key, tensor);
      return tensor;
    }
    if (known.type === type && sameShape(known.shape, shape)) return known;
    throw new CdlmError("SHAPE_MISMATCH", `${key} is declared twice`, {
      expected: describe(known),
      received: describe({ type, shape }),
    });
  }

  #add(parts: Omit<Node, "id" | "graph" | "outputs">, types: readonly TensorType[]): readonly Tensor[] {
    const node: Node = { ...parts, id: this.nodes.length, graph: this, outputs: [] };
    node.outputs = types.map(({ type, shape }, index) => new Tensor(node, index, type, shape));
    this.nodes.push(node);
    return node.outputs;
  }
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** "f32 [pieces, 384]", as error messages show it. */
export function describe({ type, shape }: TensorType): string {
  return `${type} [${shape.join(", ")}]`;
}
