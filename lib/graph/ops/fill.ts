import { CdlmError } from "../../errors.js";
import { type Op } from "../op.js";
import type { Graph, Shape, Tensor } from "../tensor.js";

/** A constant tensor. Its extents must be numbers. */
export function fill(graph: Graph, shape: Shape, value: number): Tensor {
  const extents = Object.fromEntries(shape.map((dim, axis) => [`extent${axis}`, Number(dim)]));
  return graph.apply(fillOp, [], { value, rank: shape.length, ...extents })[0]!;
}

export const fillOp: Op = {
  name: "fill",
  infer(_, attributes) {
    const shape = Array.from({ length: attributes.rank! }, (_, axis) => attributes[`extent${axis}`]!);
    if (shape.every(Number.isInteger)) return [{ type: "f32", shape }];
    throw new CdlmError("SHAPE_MISMATCH", "fill: extents must be numbers", { received: shape.join(", ") });
  },
  gradient: () => [],
  reference(_, [y], { value }) {
    y!.data.fill(value!);
  },
  get samples() {
    return [{ inputs: [], attributes: { value: 0.25, rank: 2, extent0: 3, extent1: 5 } }];
  },
};
