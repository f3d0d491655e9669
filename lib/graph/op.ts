import { CdlmError } from "../errors.js";
import type { NdArray } from "./nd-array.js";
import {
  describe,
  type Attributes,
  type DataType,
  type Dim,
  type Tensor,
  type TensorType,
} from "./tensor.js";

/** What a gradient rule sees of the node it differentiates. */
export interface GradientCall {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** Gradient of the loss by each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (Tensor | undefined)[];
}

/** Concrete inputs on which an op is checked. Extents are odd on purpose: edges are where kernels go wrong. */
export interface Sample {
  readonly inputs: readonly NdArray[];
  readonly attributes?: Attributes;
}

/**
 * One op, whole: its shape rule, its gradient, its plain reference and the samples on which the kernel, the gradient
 * and the reference are held against each other (test/graph/ops.test.ts). The kernel of the same name stands in
 * native/ops/.
 */
export interface Op {
  readonly name: string;
  /** Types of the outputs. Throws SHAPE_MISMATCH that names the op and the shapes. */
  infer(inputs: readonly TensorType[], attributes: Attributes): readonly TensorType[];
  /** Gradient by each input, expressed by other ops; undefined where there is none. Absent: a fused or discrete op. */
  gradient?(call: GradientCall): readonly (Tensor | undefined)[];
  /** Computes `outputs` (allocated, zero) in float64: slow, obvious, the oracle of the tests. */
  reference(inputs: readonly NdArray[], outputs: readonly NdArray[], attributes: Attributes): void;
  /** `inPlace[k] = i`: output k may take the memory of input i when nothing reads that input afterwards. */
  readonly inPlace?: Readonly<Record<number, number>>;
  /** Made when asked for (a getter): only tests ask, and making them takes longer than loading everything else. */
  readonly samples: readonly Sample[];
}

/** Checks an input's type and rank and returns its extents. */
export function dims(
  op: string,
  name: string,
  tensor: TensorType | undefined,
  type: DataType,
  rank: number,
): readonly Dim[] {
  if (tensor?.type === type && tensor.shape.length === rank) return tensor.shape;
  throw new CdlmError("SHAPE_MISMATCH", `${op}: ${name} does not fit`, {
    expected: `${type} of rank ${rank}`,
    received: tensor ? describe(tensor) : "nothing",
  });
}

/** Checks that two extents that must agree do. */
export function sameDim(op: string, what: string, a: Dim | undefined, b: Dim | undefined): void {
  if (a === b) return;
  throw new CdlmError("SHAPE_MISMATCH", `${op}: ${what} do not agree`, {
    expected: String(a),
    received: String(b),
  });
}

/** Checks that two tensors have one type and shape. */
export function sameType(op: string, a: TensorType, b: TensorType): void {
  if (describe(a) === describe(b)) return;
  throw new CdlmError("SHAPE_MISMATCH", `${op}: operands do not fit together`, {
    expected: describe(a),
    received: describe(b),
  });
}
