import { CdlmError } from "../errors.js";
import { zeros, type NdArray } from "./nd-array.js";
import type { Extents } from "./plan.js";
import { liveNodes, type Roots } from "./roots.js";
import type { Tensor } from "./tensor.js";

/** Runs a graph node by node with the ops' references, in float64. `leaf` supplies inputs, parameters and states. */
export function interpret(
  roots: Roots,
  leaf: (tensor: Tensor) => NdArray,
  extents: Extents,
): Map<Tensor, NdArray> {
  const values = new Map<Tensor, NdArray>();
  for (const node of liveNodes(roots)) {
    if (node.leaf) {
      values.set(node.outputs[0]!, leaf(node.outputs[0]!));
      continue;
    }
    const inputs = node.inputs.map((input) => values.get(input)!);
    const outputs = node.outputs.map(
      ({ type, shape }) =>
      zeros(type, shape.map((dim) => resolve(dim, extents))), // prettier-ignore
    );
    node.op!.reference(inputs, outputs, node.attributes);
    node.outputs.forEach((output, k) => values.set(output, outputs[k]!));
  }
  return values;
}

function resolve(dim: number | string, extents: Extents): number {
  const extent = typeof dim === "number" ? dim : extents[dim];
  if (extent === undefined) throw new CdlmError("INTERNAL", `symbol ${dim} has no value`);
  return extent;
}
