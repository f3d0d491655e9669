import { addOp } from "./ops/add.js";
import { addBiasOp } from "./ops/add-bias.js";
import { dropoutOp } from "./ops/dropout.js";
import { geluGradientOp, geluOp } from "./ops/gelu.js";
import { layerNormOp } from "./ops/layer-norm.js";
import { linearGeluOp, linearOp, matmulAddOp, matmulGeluGradientOp } from "./ops/linear.js";
import { matmulOp } from "./ops/matmul.js";
import { residualNormOp } from "./ops/residual-norm.js";
import type { Op } from "./op.js";
import { countUses, liveNodes, mapRoots, type Roots } from "./roots.js";
import { Graph, type Node, type Tensor } from "./tensor.js";

/**
 * Copies the live part of a graph, replacing groups of ops by fused ones (after differentiation, so fused ops need no
 * gradient). A rule looks at the last node of a group and says which fused node stands for it; inner nodes that lose
 * their last reader are dropped.
 */
export function fuse(roots: Roots): Roots {
  const live = liveNodes(roots);
  const rewriting = new Rewriting(countUses(roots, live));
  for (const node of live) rewriting.visit(node);
  return mapRoots(roots, (tensor) => rewriting.image(tensor));
}

type Rule = (node: Node, rewriting: Rewriting) => boolean;

class Rewriting {
  readonly #graph = new Graph();
  readonly #images = new Map<Tensor, Tensor>();

  constructor(readonly uses: ReadonlyMap<Tensor, number>) {}

  visit(node: Node): void {
    if (node.leaf) this.#copyLeaf(node, node.leaf);
    else if (!rules.some((rule) => rule(node, this)))
      this.emit(node.op!, node.inputs, node.attributes, node.outputs);
  }

  image(tensor: Tensor): Tensor {
    return this.#images.get(tensor)!;
  }

  /** From here on `tensor` means what `other` means. */
  alias(tensor: Tensor, other: Tensor): void {
    this.#images.set(tensor, this.image(other));
  }

  /** Adds a node to the new graph; from here on `outputs` (of the old graph) mean its outputs. */
  emit(
    op: Op,
    inputs: readonly Tensor[],
    attributes: Node["attributes"],
    outputs: readonly (Tensor | undefined)[],
  ) {
    const images = this.#graph.apply(op, inputs.map((input) => this.image(input)), attributes); // prettier-ignore
    outputs.forEach((output, k) => output && this.#images.set(output, images[k]!));
  }

  /** The node that computes `tensor`, if it is of this op and nothing else reads the tensor. */
  sole(tensor: Tensor, op: Op): Node | undefined {
    return tensor.node.op === op && this.uses.get(tensor) === 1 ? tensor.node : undefined;
  }

  #copyLeaf({ outputs }: Node, { kind, name }: NonNullable<Node["leaf"]>): void {
    const { type, shape } = outputs[0]!;
    const copy = kind === "input" ? this.#graph.input(name, type, shape) : this.#graph[kind](name, shape);
    this.#images.set(outputs[0]!, copy);
  }
}

/** dropout at rate 0 → its input. */
const dropNothing: Rule = (node, rewriting) => {
  if (node.op !== dropoutOp || node.attributes.rate !== 0) return false;
  rewriting.alias(node.outputs[0]!, node.inputs[0]!);
  return true;
};

/** addBias(matmul) → linear. */
const linear: Rule = (node, rewriting) => {
  const product = node.op === addBiasOp && rewriting.sole(node.inputs[0]!, matmulOp);
  if (!product) return false;
  rewriting.emit(linearOp, [...product.inputs, node.inputs[1]!], product.attributes, node.outputs);
  return true;
};

/** gelu(addBias(matmul)) → linearGelu, which keeps the value before gelu for the backward pass. */
const linearGelu: Rule = (node, rewriting) => {
  const z = node.inputs[0];
  if (node.op !== geluOp || z?.node.op !== addBiasOp) return false;
  const product = rewriting.sole(z.node.inputs[0]!, matmulOp);
  if (!product) return false;
  const inputs = [...product.inputs, z.node.inputs[1]!];
  rewriting.emit(linearGeluOp, inputs, product.attributes, [z, node.outputs[0]]);
  return true;
};

/**
 * A product over rows, the gradient of a weight, that reads gelu(z) or a layer norm → the same of values computed once
 * more: their inputs are kept for their own gradients anyway, so that they, a third of all that a training step keeps,
 * need not be.
 */
const computedAgain: Rule = (node, rewriting) => {
  if (node.op !== matmulOp || node.attributes.transposeA !== 1) return false;
  for (const input of new Set(node.inputs)) {
    const { op, inputs, attributes } = input.node;
    if (op === geluOp || op === layerNormOp) rewriting.emit(op, inputs, attributes, [input]);
  }
  return false; // the product itself is for the other rules
};

/** geluGradient(z, matmul) → matmulGeluGradient. */
const matmulGeluGradient: Rule = (node, rewriting) => {
  const product = node.op === geluGradientOp && rewriting.sole(node.inputs[1]!, matmulOp);
  if (!product) return false;
  rewriting.emit(
    matmulGeluGradientOp,
    [...product.inputs, node.inputs[0]!],
    product.attributes,
    node.outputs,
  );
  return true;
};

/** layerNorm(dropout(x) + residual) → residualNorm. */
const residualNorm: Rule = (node, rewriting) => {
  const sum = node.inputs[0];
  if (node.op !== layerNormOp || sum?.node.op !== addOp) return false;
  const [dropped, residual] = sum.node.inputs as [Tensor, Tensor];
  const dropout = rewriting.sole(dropped, dropoutOp);
  if (!dropout) return false;
  const [x, key] = dropout.inputs as [Tensor, Tensor];
  const inputs = [x, residual, node.inputs[1]!, node.inputs[2]!, key];
  const attributes = { ...node.attributes, ...dropout.attributes };
  rewriting.emit(residualNormOp, inputs, attributes, [sum, ...node.outputs]);
  return true;
};

/** x + matmul → matmulAdd, which adds to x where it lies. */
const matmulAdd: Rule = (node, rewriting) => {
  if (node.op !== addOp) return false;
  const [a, b] = node.inputs as [Tensor, Tensor];
  if (a === b) return false;
  for (const [product, x] of [
    [rewriting.sole(b, matmulOp), a],
    [rewriting.sole(a, matmulOp), b],
  ] as const) {
    // prettier-ignore
    if (!product) continue;
    rewriting.emit(matmulAddOp, [...product.inputs, x], product.attributes, node.outputs);
    return true;
  }
  return false;
};

const rules: readonly Rule[] = [
  computedAgain,
  dropNothing,
  linear,
  linearGelu,
  matmulGeluGradient,
  residualNorm,
  matmulAdd,
];
