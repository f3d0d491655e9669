import { noise, type NdArray } from "../nd-array.js";
import type { Op, Sample } from "../op.js";
import type { Tensor } from "../tensor.js";
import { gromovCost, valueOf, type Graphs } from "./gromov-cost.js";
import { checkMatrices, checkNodes, rowsOf } from "./log-sinkhorn.js";
import { weights } from "./sinkhorn.js";

/**
 * Values [B] of given plans [B · n, m], ⟨(K_s∘K_s) p 1' + 1 (K_t∘K_t q)' - 2 K_s Π K_t', Π⟩ (METHOD 4), for costs source
 * [B · n, n] and target [B · m, m]. The gradient goes to the costs alone; plan and weights are held (envelope theorem).
 */
export const gromovWassersteinValue = (
  source: Tensor,
  target: Tensor,
  plan: Tensor,
  p: Tensor,
  q: Tensor,
): Tensor => source.graph.apply(gromovWassersteinValueOp, [source, target, plan, p, q])[0]!;

function check(op: string, [source, target, plan, p, q]: Parameters<Op["infer"]>[0]): number {
  const [problems, n, m] = checkNodes(op, p, q);
  checkMatrices(op, "source", source, problems * n, n);
  checkMatrices(op, "target", target, problems * m, m);
  checkMatrices(op, "plan", plan, problems * n, m);
  return problems;
}

/** The graphs and the plan of every problem. */
function problemsOf([source, target, plan, p, q]: readonly NdArray[]): { graphs: Graphs; plan: number[] }[] {
  const [n, m] = [p!.shape[1]!, q!.shape[1]!];
  const [sources, targets, plans, columns] = [
    rowsOf(source!.data, n * n),
    rowsOf(target!.data, m * m),
    rowsOf(plan!.data, n * m),
    rowsOf(q!.data, m),
  ];
  return rowsOf(p!.data, n).map((rows, k) => ({
    graphs: { source: sources[k]!, target: targets[k]!, p: rows, q: columns[k]! },
    plan: plans[k]!,
  }));
}

export const gromovWassersteinValueOp: Op = {
  name: "gromovWassersteinValue",
  infer: (inputs) => [{ type: "f32", shape: [check("gromovWassersteinValue", inputs)] }],
  gradient({ inputs, outputGradients: [dValues] }) {
    return [...dValues!.graph.apply(gromovWassersteinGradientOp, [...inputs, dValues!])];
  },
  reference(inputs, [values]) {
    problemsOf(inputs).forEach(({ graphs, plan }, k) => {
      values!.data[k] = valueOf(gromovCost(graphs, plan).cost, plan);
    });
  },
  get samples() {
    return samples();
  },
};

/** dK_s = dValue · 2 (K_s∘(Π 1 p') - Π K_t Π') and dK_t = dValue · 2 (K_t∘(Π' 1 q') - Π' K_s Π). */
export const gromovWassersteinGradientOp: Op = {
  name: "gromovWassersteinGradient",
  infer(inputs) {
    check("gromovWassersteinGradient", inputs);
    return inputs.slice(0, 2).map(({ shape }) => ({ type: "f32", shape }));
  },
  reference([source, target, plan, p, q, dValues], [dSource, dTarget]) {
    const [n, m] = [p!.shape[1]!, q!.shape[1]!];
    problemsOf([source!, target!, plan!, p!, q!]).forEach((problem, b) => {
      const d = 2 * dValues!.data[b]!;
      const entry = (i: number, j: number) => problem.plan[i * m + j]!;
      const { graphs } = problem;
      addSide(dSource!.data, b * n * n, d, graphs.source, graphs.p, graphs.target, m, entry);
      addSide(dTarget!.data, b * m * m, d, graphs.target, graphs.q, graphs.source, n, (j, i) => entry(i, j));
    });
  },
  get samples() {
    return samples().map(({ inputs }, k) => ({ inputs: [...inputs, noise([inputs[3]!.shape[0]!], 20 + k)] }));
  },
};

/** gradient[i, k] = d · (K[i, k] Σ_j Π[i, j] w[k] - Σ_jl Π[i, j] other[j, l] Π[k, l]). */
function addSide(
  gradient: NdArray["data"],
  at: number,
  d: number,
  graph: readonly number[],
  w: readonly number[],
  other: readonly number[],
  m: number,
  plan: (i: number, j: number) => number,
): void {
  const n = w.length;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      let [mass, coupled] = [0, 0];
      for (let j = 0; j < m; j++) {
        mass += plan(i, j);
        for (let l = 0; l < m; l++) coupled += plan(i, j) * other[j * m + l]! * plan(k, l);
      }
      gradient[at + i * n + k] = d * (graph[i * n + k]! * mass * w[k]! - coupled);
    }
}

const samples = (): Sample[] => [
  { inputs: [noise([5, 5], 1), noise([7, 7], 2), noise([5, 7], 3), weights(1, 5, 4), weights(1, 7, 5)] },
  { inputs: [noise([9, 3], 6), noise([12, 4], 7), noise([9, 4], 8), weights(3, 3, 9), weights(3, 4, 10)] },
];
