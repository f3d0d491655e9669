import { wholeTensor, type StoredTensor } from "../files/stored-tensor.js";
import { Graph, type Tensor } from "../graph/tensor.js";
import type { RandomSource } from "../graph/ops/dropout.js";

/** How a parameter starts when no file supplies it. */
export type Initialiser =
  | { kind: "constant"; value: number }
  | { kind: "uniform"; bound: number }
  /** Ones on the main diagonal of a matrix, zeros elsewhere. */
  | { kind: "identity" };

/** Groups of parameters that share a learning rate. */
export const parameterGroupNames = ["encoder", "fusion", "head"] as const;

export interface ParameterSpec extends StoredTensor {
  readonly group: (typeof parameterGroupNames)[number];
  /** Weight decay applies: matrices and embeddings, not biases and norms. */
  readonly decay: boolean;
  readonly initialiser: Initialiser;
}

/** A graph under construction, the parameters it has met, and the random streams it has given out. */
export class Scope {
  readonly graph = new Graph();
  readonly parameters = new Map<string, ParameterSpec>();
  /** States that the graph reads; they start at zero. */
  readonly states = new Map<string, StoredTensor>();
  /** Key of the run's random numbers: (seed, step). */
  readonly key = this.graph.input("key", "i32", [2]);
  #streams = 0;

  constructor(readonly purpose: "training" | "prediction") {}

  parameter(spec: ParameterSpec): Tensor {
    this.parameters.set(spec.name, spec);
    return this.graph.parameter(spec.name, spec.shape);
  }

  state(name: string, shape: readonly number[]): Tensor {
    this.states.set(name, wholeTensor(name, shape));
    return this.graph.state(name, shape);
  }

  /** A stream that no other op uses; the same in every graph built the same way. */
  random(): RandomSource {
    return { key: this.key, stream: this.#streams++ };
  }

  /** A dropout rate while training, 0 otherwise. */
  rate(rate: number): number {
    return this.purpose === "training" ? rate : 0;
  }
}

/** Where a layer's parameters live. */
export interface LayerOptions {
  /** Name in the store and in files, without ".weight" or ".bias". */
  readonly name: string;
  readonly group: ParameterSpec["group"];
}

/** A parameter that is one tensor of the file, under its own name. */
export function single(
  name: string,
  shape: readonly number[],
  options: Pick<ParameterSpec, "group" | "decay" | "initialiser">,
): ParameterSpec {
  return { name, shape: [...shape], parts: [{ name, shape: [...shape] }], ...options };
}
