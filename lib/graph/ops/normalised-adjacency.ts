import { noise, floats } from "../nd-array.js";
import { dims, sameDim, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";

/**
 * Â = S^-½ A S^-½ of a graph over labels (METHOD 2.3): A[i, j] = 1 - Δ[i, j] / δ where Δ < δ and 0 elsewhere, 1 on the
 * diagonal; S its row sums. distances Δ: [L, L], in units of their mean off the diagonal. The graph is a constant of the
 * source view: no gradient.
 */
export const normalisedAdjacency = (distances: Tensor, delta: number): Tensor =>
  distances.graph.apply(normalisedAdjacencyOp, [distances], { delta })[0]!;

export const normalisedAdjacencyOp: Op = {
  name: "normalisedAdjacency",
  infer([distances]) {
    const shape = dims("normalisedAdjacency", "distances", distances, "f32", 2);
    sameDim("normalisedAdjacency", "rows and columns", ...(shape as [number, number]));
    return [{ type: "f32", shape }];
  },
  reference([distances], [adjacency], { delta }) {
    const n = distances!.shape[0]!;
    const edges = Array.from(distances!.data, (distance, k) =>
      k % (n + 1) === 0 ? 1 : Math.max(0, 1 - distance / delta!),
    );
    const degrees = Array.from({ length: n }, (_, i) =>
      edges.slice(i * n, (i + 1) * n).reduce((sum, edge) => sum + edge, 0),
    );
    edges.forEach((edge, k) => {
      adjacency!.data[k] = edge / Math.sqrt(degrees[Math.floor(k / n)]! * degrees[k % n]!);
    });
  },
  get samples() {
    const distances = floats([7, 7], Array.from(noise([7, 7], 1).data, (value) => 1.25 + value)); // prettier-ignore
    return [
      { inputs: [distances], attributes: { delta: 1.5 } },
      { inputs: [floats([1, 1], [0])], attributes: { delta: 1.5 } },
    ];
  },
};
