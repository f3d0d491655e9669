import { CdlmError } from "../../errors.js";
import { noise, type NdArray } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Dim, Tensor, TensorType } from "../tensor.js";

/**
 * A u for the label nodes of every sentence: y[s · L + i] = Σ_k A[i, k] u[s · L + k], the neighbour sum of a graph
 * convolution (METHOD 3.3). adjacency A: [L, L]; u: [S · L, d].
 */
export const graphMix = (adjacency: Tensor, u: Tensor): Tensor => mix(adjacency, u, false);

const mix = (adjacency: Tensor, u: Tensor, transposed: boolean): Tensor =>
  adjacency.graph.apply(graphMixOp, [adjacency, u], { transposed: Number(transposed) })[0]!;

function check(op: string, adjacency?: TensorType, u?: TensorType): readonly Dim[] {
  const [labels, columns] = dims(op, "adjacency", adjacency, "f32", 2);
  sameDim(op, "rows and columns of the adjacency", labels, columns);
  const shape = dims(op, "u", u, "f32", 2);
  if (typeof shape[0] !== "number" || shape[0] % Number(labels) === 0) return shape;
  throw new CdlmError("SHAPE_MISMATCH", `${op}: nodes do not fit`, {
    expected: `rows in multiples of ${labels}`,
    received: String(shape[0]),
  });
}

export const graphMixOp: Op = {
  name: "graphMix",
  infer: ([adjacency, u]) => [{ type: "f32", shape: check("graphMix", adjacency, u) }],
  gradient({ inputs: [adjacency, u], attributes, outputGradients: [dY] }) {
    const inputs = attributes.transposed ? [adjacency!, dY!, u!] : [adjacency!, u!, dY!];
    const dAdjacency = dY!.graph.apply(graphMixGradientOp, inputs)[0];
    return [dAdjacency, mix(adjacency!, dY!, !attributes.transposed)];
  },
  reference([adjacency, u], [y], { transposed }) {
    const [labels, d] = [adjacency!.shape[0]!, u!.shape[1]!];
    y!.data.forEach((_, entry) => {
      const [node, c] = [Math.floor(entry / d), entry % d];
      const [first, i] = [node - (node % labels), node % labels];
      for (let k = 0; k < labels; k++)
        y!.data[entry]! +=
          adjacency!.data[transposed ? k * labels + i : i * labels + k]! * u!.data[(first + k) * d + c]!;
    });
  },
  get samples() {
    return [0, 1].flatMap((transposed) =>
      graphs().map(([adjacency, u]) => ({ inputs: [adjacency!, u!], attributes: { transposed } })),
    );
  },
};

/** dA[i, k] = Σ over sentences of ⟨dY[s · L + i], u[s · L + k]⟩, for the untransposed product. */
export const graphMixGradientOp: Op = {
  name: "graphMixGradient",
  infer([adjacency, u, dY]) {
    check("graphMixGradient", adjacency, u);
    sameType("graphMixGradient", u!, dY!);
    return [{ type: "f32", shape: adjacency!.shape }];
  },
  reference([adjacency, u, dY], [dAdjacency]) {
    const [labels, nodes, d] = [adjacency!.shape[0]!, u!.shape[0]!, u!.shape[1]!];
    for (let first = 0; first < nodes; first += labels)
      dAdjacency!.data.forEach((_, entry) => {
        const [i, k] = [first + Math.floor(entry / labels), first + (entry % labels)];
        for (let c = 0; c < d; c++) dAdjacency!.data[entry]! += dY!.data[i * d + c]! * u!.data[k * d + c]!;
      });
  },
  get samples() {
    return graphs().map(([adjacency, u]) => ({ inputs: [adjacency!, u!, noise(u!.shape, 5)] }));
  },
};

const graphs = (): NdArray[][] => [
  [noise([5, 5], 1), noise([15, 7], 2)],
  [noise([19, 19], 3), noise([38, 33], 4)],
];
