import type { Node, Tensor } from "./tensor.js";

/** What a program is compiled for: the tensors whose values leave a graph, and where they go. */
export interface Roots {
  /** Returned to the caller, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Written to the gradients of parameters, by the parameter's name. */
  readonly gradients?: ReadonlyMap<string, Tensor>;
  /** Written to state tensors when the run ends, by the state's name. */
  readonly assigns?: ReadonlyMap<string, Tensor>;
  /** Adds to the gradients of the run before instead of replacing them. */
  readonly accumulate?: boolean;
}

export function rootTensors(roots: Roots): Tensor[] {
  return [
    ...Object.values(roots.outputs),
    ...(roots.gradients?.values() ?? []),
    ...(roots.assigns?.values() ?? []),
  ];
}

/** The same roots in another graph. */
export function mapRoots(roots: Roots, map: (tensor: Tensor) => Tensor): Roots {
  const mapValues = (entries: ReadonlyMap<string, Tensor> = new Map<string, Tensor>()) =>
    new Map([...entries].map(([name, tensor]) => [name, map(tensor)]));
  const outputs = Object.entries(roots.outputs).map(([name, tensor]) => [name, map(tensor)] as const);
  return {
    ...roots,
    outputs: Object.fromEntries(outputs),
    gradients: mapValues(roots.gradients),
    assigns: mapValues(roots.assigns),
  };
}

/** Nodes that the roots depend on, in topological order. */
export function liveNodes(roots: Roots): Node[] {
  const live = new Set<Node>();
  const open = rootTensors(roots).map((tensor) => tensor.node);
  for (let node = open.pop(); node; node = open.pop()) {
    if (live.has(node)) continue;
    live.add(node);
    open.push(...node.inputs.map((input) => input.node));
  }
  return [...live].sort((a, b) => a.id - b.id);
}

/** How often each tensor is read by live nodes or is a root. */
export function countUses(roots: Roots, live: readonly Node[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  for (const tensor of [...live.flatMap((node) => node.inputs), ...rootTensors(roots)])
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  return uses;
}
