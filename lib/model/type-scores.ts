import { fill } from "../graph/ops/fill.js";
import { matmul } from "../graph/ops/matmul.js";
import { scale } from "../graph/ops/scale.js";
import { segmentMatmul } from "../graph/ops/segment-products.js";
import type { Tensor } from "../graph/tensor.js";
import { single, type Scope } from "../nn/scope.js";

/** The types' vectors [types, d]; they start from the types' names. */
export const typeVectors = "types.vectors";

/**
 * Products of each mention's mean vector with the types' vectors over √d, [spans, types], from h [words, d]. Reads the
 * inputs of `mentionInputs`.
 */
export function typeScores(scope: Scope, h: Tensor, types: number): Tensor {
  const { graph } = scope;
  const d = Number(h.shape[1]);
  const spans = graph.input("spans", "i32", ["spans", 2]);
  const means = segmentMatmul(graph.input("spanWeights", "f32", ["words", 1]), h, spans, spans);
  const initialiser = { kind: "constant", value: 0 } as const;
  const vectors = scope.parameter(single(typeVectors, [types, d], { group: "head", decay: true, initialiser })); // prettier-ignore
  return scale(matmul(means, vectors, { transposeB: true }), fill(graph, [1], 1 / Math.sqrt(d)));
}
