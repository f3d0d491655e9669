import { CdlmError } from "../errors.js";
import { add } from "./ops/add.js";
import { fill } from "./ops/fill.js";
import type { Node, Tensor } from "./tensor.js";

/**
 * Adds to the graph the gradients of `loss` ([1]) by `targets`, by reverse accumulation over the gradient rules of the
 * ops. Undefined where the loss does not depend on a target.
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): (Tensor | undefined)[] {
  const wanted = nodesThatReach(targets, loss);
  const sums = new Map<Tensor, Tensor>([[loss, fill(loss.graph, loss.shape, 1)]]);
  for (const node of [...wanted].reverse()) {
    const outputGradients = node.outputs.map((output) => sums.get(output));
    if (!node.op || outputGradients.every((gradient) => gradient === undefined)) continue;
    if (!node.op.gradient) throw new CdlmError("INTERNAL", `${node.op.name} has no gradient`);
    const { inputs, outputs, attributes } = node;
    const inputGradients = node.op.gradient({ inputs, outputs, attributes, outputGradients });
    inputs.forEach((input, k) => {
      const gradient = inputGradients[k];
      if (!gradient || !wanted.has(input.node)) return;
      const sum = sums.get(input);
      sums.set(input, sum ? add(sum, gradient) : gradient);
    });
  }
  return targets.map((target) => sums.get(target));
}

/** Nodes on a path from a target to the loss, in topological order; the others need no gradient. */
function nodesThatReach(targets: readonly Tensor[], loss: Tensor): Set<Node> {
  const reached = new Set<Node>(targets.map((target) => target.node));
  for (const node of loss.graph.nodes.slice(0, loss.node.id + 1))
    if (node.inputs.some((input) => input.type === "f32" && reached.has(input.node))) reached.add(node);
  return new Set([...reached].sort((a, b) => a.id - b.id));
}
