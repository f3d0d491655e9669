import { noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Attributes, Tensor } from "../tensor.js";

export interface MatmulAttributes {
  transposeA?: boolean;
  transposeB?: boolean;
}

/** C [M, N] = op(A) op(B), where op transposes or not. */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: MatmulAttributes = {},
): Tensor {
  return a.graph.apply(matmulOp, [a, b], {
    transposeA: Number(transposeA),
    transposeB: Number(transposeB),
  })[0]!;
}

/** Shape rule shared with the fused products. */
export function inferMatmul(
  op: string,
  a: readonly (number | string)[],
  b: typeof a,
  attributes: Attributes,
) {
  const [m, k] = attributes.transposeA ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [kb, n] = attributes.transposeB ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  sameDim(op, "inner extents", k, kb);
  return [m, n] as const;
}

/** Plain product into `c`, shared with the references of the fused products. */
export function multiply(a: NdArray, b: NdArray, c: NdArray, { transposeA, transposeB }: Attributes): void {
  const [m, n] = [c.shape[0]!, c.shape[1]!];
  const k = transposeA ? a.shape[0]! : a.shape[1]!;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++)
        sum += a.data[transposeA ? l * m + i : i * k + l]! * b.data[transposeB ? j * k + l : l * n + j]!;
      c.data[i * n + j] = sum;
    }
}

export const matmulOp: Op = {
  name: "matmul",
  infer([a, b], attributes) {
    const shape = inferMatmul(
      "matmul",
      dims("matmul", "A", a, "f32", 2),
      dims("matmul", "B", b, "f32", 2),
      attributes,
    );
    return [{ type: "f32", shape }];
  },
  gradient({ inputs, attributes, outputGradients }) {
    const [a, b, dC] = [inputs[0]!, inputs[1]!, outputGradients[0]!];
    const [ta, tb] = [Boolean(attributes.transposeA), Boolean(attributes.transposeB)];
    const dA = ta ? matmul(b, dC, { transposeA: tb, transposeB: true }) : matmul(dC, b, { transposeB: !tb });
    const dB = tb ? matmul(dC, a, { transposeA: true, transposeB: ta }) : matmul(a, dC, { transposeA: !ta });
    return [dA, dB];
  },
  reference([a, b], [c], attributes) {
    multiply(a!, b!, c!, attributes);
  },
  get samples() {
    return [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ].flatMap(([transposeA, transposeB]) =>
      [
        [5, 7, 3],
        [33, 17, 31],
      ].map(([m, n, k]) => ({
        inputs: [noise(transposeA ? [k!, m!] : [m!, k!], 1), noise(transposeB ? [n!, k!] : [k!, n!], 2)],
        attributes: { transposeA: transposeA!, transposeB: transposeB! },
      })),
    );
  },
};
