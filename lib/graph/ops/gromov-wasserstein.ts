import { floats, type NdArray } from "../nd-array.js";
import type { Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { feasiblePlan } from "./feasible-plan.js";
import { gromovCost, valueOf } from "./gromov-cost.js";
import { gromovWassersteinValue } from "./gromov-wasserstein-value.js";
import { checkMatrices, checkNodes, logPlan, logSinkhorn, rowsOf } from "./log-sinkhorn.js";
import { weights } from "./sinkhorn.js";

export interface GromovWassersteinOptions {
  /** Weight ε of the entropy (entropic) or of the distance from the last plan (proximal), in units of K². */
  epsilon: number;
  /** 0: entropic, by projected gradient (Peyré et al. 2016). 1: proximal point, IPOT (Xu et al. 2019): no bias. */
  proximal: number;
  outerIterations: number;
  innerIterations: number;
  /**
   * The outer loop ends when the plan moved by at most `tolerance` in all and the value by at most `relativeTolerance` of
   * the part that no plan changes; the inner loop as in `SinkhornOptions`.
   */
  tolerance: number;
  relativeTolerance: number;
}

/**
 * Gromov-Wasserstein plans (METHOD 4) between graphs of B pairs with costs source K_s [B · n, n] and target K_t
 * [B · m, m] and node weights p [B, n] and q [B, m], from the start Π = p q'. `plan` [B · n, m] is a constant to the
 * gradient; its sums are p and q wherever the iterations end. `values` [B] = ⟨G(Π), Π⟩ ≥ 0 are differentiable by the
 * costs. A node of weight 0 is padding (finite costs). The problem is not convex: a stationary plan is found, not the
 * best one; nodes that nothing tells apart stay mixed.
 */
export function gromovWasserstein(
  source: Tensor,
  target: Tensor,
  p: Tensor,
  q: Tensor,
  options: GromovWassersteinOptions,
): { values: Tensor; plan: Tensor } {
  const plan = source.graph.apply(gromovWassersteinPlanOp, [source, target, p, q], { ...options })[0]!;
  return { values: gromovWassersteinValue(source, target, plan, p, q), plan };
}

export const gromovWassersteinPlanOp: Op = {
  name: "gromovWassersteinPlan",
  infer([source, target, p, q]) {
    const [problems, n, m] = checkNodes("gromovWassersteinPlan", p, q);
    checkMatrices("gromovWassersteinPlan", "source", source, problems * n, n);
    checkMatrices("gromovWassersteinPlan", "target", target, problems * m, m);
    return [{ type: "f32", shape: [problems * n, m] }];
  },
  gradient: () => [],
  reference([source, target, p, q], [plan], attributes) {
    const [n, m] = [p!.shape[1]!, q!.shape[1]!];
    const columns = rowsOf(q!.data, m);
    rowsOf(p!.data, n).forEach((rows, k) => {
      const graphs = {
        source: [...source!.data.slice(k * n * n, (k + 1) * n * n)],
        target: [...target!.data.slice(k * m * m, (k + 1) * m * m)],
        p: rows,
        q: columns[k]!,
      };
      const options = attributes as unknown as GromovWassersteinOptions;
      plan!.data.set(solve(graphs, options), k * n * m);
    });
  },
  get samples() {
    const shared = { tolerance: 1e-6, relativeTolerance: 1e-5 };
    const [p, q] = [weights(2, 7, 5, 1), weights(2, 9, 6, 2)];
    const entropic = { epsilon: 0.5, proximal: 0, outerIterations: 100, innerIterations: 300, ...shared };
    const brief = { outerIterations: 4, innerIterations: 20, tolerance: 0, relativeTolerance: 0 };
    return [
      { inputs: [distances(1, 5, 1), distances(1, 4, 2), weights(1, 5, 3), weights(1, 4, 4)], attributes: entropic }, // prettier-ignore
      { inputs: [distances(2, 7, 7), distances(2, 9, 8), p, q], attributes: { epsilon: 0.125, proximal: 0, ...brief } }, // prettier-ignore
      { inputs: [distances(2, 7, 9), distances(2, 9, 10), p, q], attributes: { epsilon: 0.0625, proximal: 1, ...brief } }, // prettier-ignore
      { inputs: [distances(1, 1, 1), distances(1, 3, 2), weights(1, 1, 1), weights(1, 3, 1)], attributes: { ...entropic, proximal: 1 } }, // prettier-ignore
    ];
  },
};

function solve(graphs: Parameters<typeof gromovCost>[0], options: GromovWassersteinOptions): number[] {
  const { p, q } = graphs;
  const stopping = { ...options, iterations: options.innerIterations };
  let log = p.flatMap((a) => q.map((b) => Math.log(a * b)));
  let plan = log.map(Math.exp);
  let g = q.map(() => 0);
  let [before, moved] = [0, Infinity];
  for (let step = 0; step < options.outerIterations; step++) {
    const { cost, constant } = gromovCost(graphs, plan);
    const value = valueOf(cost, plan);
    const settled = Math.abs(value - before) <= options.relativeTolerance * valueOf(constant, plan);
    if (moved <= options.tolerance && settled) break;
    before = value;
    const logits = cost.map((entry, k) => (options.proximal ? log[k]! : 0) - (2 * entry) / options.epsilon);
    const potentials = logSinkhorn(logits, p, q, options.proximal ? q.map(() => 0) : g, stopping);
    g = potentials.g.map((value) => (value === -Infinity ? 0 : value));
    log = logPlan(logits, potentials);
    const next = log.map(Math.exp);
    moved = next.reduce((sum, entry, k) => sum + Math.abs(entry - plan[k]!), 0);
    plan = next;
  }
  return feasiblePlan(plan, p, q);
}

/** Distances [problems · n, n] between random points of the plane, as labels' are: about 1 in the mean. */
export function distances(problems: number, n: number, seed: number): NdArray {
  const all = Array.from({ length: problems }, (_, problem) => {
    const at = Array.from({ length: n }, (_point, i) => [
      point(seed, problem, i, 0),
      point(seed, problem, i, 1),
    ]);
    return at.flatMap(([x, y]) => at.map(([u, v]) => Math.fround(Math.hypot(x! - u!, y! - v!))));
  });
  return floats([problems * n, n], all.flat());
}

const point = (seed: number, problem: number, i: number, axis: number): number =>
  (1.5 * Math.abs(Math.sin(seed * 12.9898 + problem * 78.233 + i * 37.719 + axis * 4.1414) * 43.5453)) % 1.5;
