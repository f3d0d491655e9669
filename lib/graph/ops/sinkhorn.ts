import { floats, noise, type NdArray } from "../nd-array.js";
import type { Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { checkMatrices, checkNodes, logPlan, logSinkhorn, rowsOf, type Stopping } from "./log-sinkhorn.js";

export interface SinkhornOptions {
  /** Weight ε of the entropy, in units of the cost. */
  epsilon: number;
  /** Passes over rows and columns at most. */
  iterations: number;
  /** The loop ends when Σ |row sum - p| is at most `tolerance` … */
  tolerance: number;
  /** … and every |row sum - p| is at most `relativeTolerance` · p. */
  relativeTolerance: number;
}

/**
 * Entropic transport plans (Cuturi 2013), [B · n, m], of B problems of one shape: argmin ⟨cost, Π⟩ - ε H(Π) over plans
 * with row sums p [B, n] and column sums q [B, m]. cost: [B · n, m]. A node of weight 0 is padding. The plan is a
 * constant to the gradient: by the envelope theorem that of the transport cost, `sum(multiply(cost, plan))`, is the plan.
 */
export const sinkhorn = (cost: Tensor, p: Tensor, q: Tensor, options: SinkhornOptions): Tensor =>
  cost.graph.apply(sinkhornOp, [cost, p, q], { ...options })[0]!;

export const sinkhornOp: Op = {
  name: "sinkhorn",
  infer([cost, p, q]) {
    const [problems, n, m] = checkNodes("sinkhorn", p, q);
    checkMatrices("sinkhorn", "cost", cost, problems * n, m);
    return [{ type: "f32", shape: cost!.shape }];
  },
  gradient: () => [],
  reference([cost, p, q], [plan], attributes) {
    const [n, m] = [p!.shape[1]!, q!.shape[1]!];
    const columns = rowsOf(q!.data, m);
    rowsOf(p!.data, n).forEach((rows, problem) => {
      const from = problem * n * m;
      const logits = Array.from(
        cost!.data.slice(from, from + n * m),
        (value) => -value / attributes.epsilon!,
      );
      const stopping = attributes as unknown as Stopping;
      const potentials = logSinkhorn(logits, rows, columns[problem]!, Array<number>(m).fill(0), stopping);
      plan!.data.set(logPlan(logits, potentials).map(Math.exp), from);
    });
  },
  get samples() {
    const exhaustive = { tolerance: 0, relativeTolerance: 0 };
    return [
      {
        inputs: [noise([5, 7], 1), weights(1, 5, 1), weights(1, 7, 2)],
        attributes: { epsilon: 0.25, iterations: 200, tolerance: 1e-6, relativeTolerance: 1e-5 },
      },
      // Three problems that are far from their end, the last rows and columns padding.
      {
        inputs: [noise([3 * 6, 9], 3), weights(3, 6, 4, 1), weights(3, 9, 5, 2)],
        attributes: { epsilon: 0.125, iterations: 7, ...exhaustive },
      },
      // e^(-cost / ε) leaves the range of fp32 by far.
      {
        inputs: [noise([20, 33], 6, 256), weights(1, 20, 7), weights(1, 33, 8)],
        attributes: { epsilon: 0.5, iterations: 30, ...exhaustive },
      },
      {
        inputs: [noise([1, 1], 9), weights(1, 1, 1), weights(1, 1, 1)],
        attributes: { epsilon: 1, iterations: 1, ...exhaustive },
      },
    ];
  },
};

/** Weights [problems, count] with row sums of 1; the last `padding` of each row are 0. */
export function weights(problems: number, count: number, seed: number, padding = 0): NdArray {
  const raw = rowsOf(noise([problems, count], seed).data, count).map((row) =>
    row.map((value, k) => (k < count - padding ? 1.5 + value : 0)),
  );
  const sums = raw.map((row) => row.reduce((a, b) => a + b, 0));
  return floats([problems, count], raw.flatMap((row, k) => row.map((value) => value / sums[k]!))); // prettier-ignore
}
