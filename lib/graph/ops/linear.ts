import { noise, zeros, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { TensorType } from "../tensor.js";
import { addBiasOp } from "./add-bias.js";
import { geluGradientOp, geluOp } from "./gelu.js";
import { inferMatmul, multiply } from "./matmul.js";

/** Matrix products with what follows them fused into the store of the product. Attributes as matmul's. */

/** op(A) op(B) + b in every row. */
export const linearOp: Op = {
  name: "linear",
  infer([a, b, bias], attributes) {
    const shape = inferMatmul(
      "linear",
      dims("linear", "A", a, "f32", 2),
      dims("linear", "B", b, "f32", 2),
      attributes,
    );
    sameDim("linear", "columns and bias", shape[1], dims("linear", "bias", bias, "f32", 1)[0]);
    return [{ type: "f32", shape }];
  },
  reference([a, b, bias], [y], attributes) {
    const product = zeros("f32", y!.shape);
    multiply(a!, b!, product, attributes);
    addBiasOp.reference([product, bias!], [y!], {});
  },
  get samples() {
    return [
      {
        inputs: [noise([5, 7], 1), noise([33, 7], 2), noise([33], 3)],
        attributes: { transposeA: 0, transposeB: 1 },
      },
    ];
  },
};

/** The affine product z, kept for the backward pass, and gelu(z). */
export const linearGeluOp: Op = {
  name: "linearGelu",
  infer(inputs, attributes) {
    const [z] = linearOp.infer(inputs, attributes);
    return [z!, z!];
  },
  reference(inputs, [z, y], attributes) {
    linearOp.reference(inputs, [z!], attributes);
    geluOp.reference([z!], [y!], {});
  },
  get samples() {
    return [
      {
        inputs: [noise([5, 7], 1, 2), noise([33, 7], 2), noise([33], 3)],
        attributes: { transposeA: 0, transposeB: 1 },
      },
    ];
  },
};

/** op(A) op(B) + x. */
export const matmulAddOp: Op = {
  name: "matmulAdd",
  infer: (inputs, attributes) => [inferWithThird("matmulAdd", inputs, attributes)],
  reference([a, b, x], [y], attributes) {
    multiply(a!, b!, y!, attributes);
    y!.data.forEach((_, i) => (y!.data[i]! += x!.data[i]!));
  },
  inPlace: { 0: 2 },
  get samples() {
    return [
      {
        inputs: [noise([5, 7], 1), noise([7, 33], 2), noise([5, 33], 3)],
        attributes: { transposeA: 0, transposeB: 0 },
      },
    ];
  },
};

/** op(A) op(B) ∘ gelu'(z). */
export const matmulGeluGradientOp: Op = {
  name: "matmulGeluGradient",
  infer: (inputs, attributes) => [inferWithThird("matmulGeluGradient", inputs, attributes)],
  reference([a, b, z], [dZ], attributes) {
    const product: NdArray = zeros("f32", dZ!.shape);
    multiply(a!, b!, product, attributes);
    geluGradientOp.reference([z!, product], [dZ!], {});
  },
  inPlace: { 0: 2 },
  get samples() {
    return [
      {
        inputs: [noise([5, 7], 1), noise([7, 33], 2), noise([5, 33], 3, 4)],
        attributes: { transposeA: 0, transposeB: 0 },
      },
    ];
  },
};

function inferWithThird(
  op: string,
  [a, b, third]: readonly TensorType[],
  attributes: Parameters<Op["infer"]>[1],
) {
  const shape = inferMatmul(op, dims(op, "A", a, "f32", 2), dims(op, "B", b, "f32", 2), attributes);
  const result: TensorType = { type: "f32", shape };
  sameType(op, result, third!);
  return result;
}
