import { z } from "zod";
import { multiply } from "../graph/ops/multiply.js";
import { sinkhorn as sinkhornOp } from "../graph/ops/sinkhorn.js";
import { parseOptions } from "../options.js";
import { batchOf, checkFinite, count, floatArray, positive } from "./checks.js";
import { marginalErrors, marginals } from "./marginals.js";
import { runKernel, type KernelOptions } from "./run.js";

const problemSchema = z.strictObject({
  /** Costs [problems, n, m], row by row. */
  cost: floatArray,
  n: count,
  m: count,
  /** Weights of the rows [problems, n], each ≥ 0, with the sum 1 in every problem; default: uniform. A row of weight 0 is padding. */
  p: floatArray.optional(),
  /** Weights of the columns [problems, m]; as `p`. */
  q: floatArray.optional(),
  /** Weight of the entropy, in units of the cost. */
  epsilon: positive.default(0.05),
  /** Passes over rows and columns at most. */
  iterations: count.default(1000),
  /** The iteration ends when Σ |row sum - p| is at most this. */
  tolerance: positive.default(1e-6),
});

export type SinkhornProblem = z.input<typeof problemSchema>;

export interface SinkhornResult {
  /** [problems, n, m]. */
  plans: Float32Array;
  /** Σ cost ∘ plan of each problem. */
  values: Float64Array;
  /** Largest error of a row or column sum of each plan; larger than asked for where the iterations ran out. */
  marginalErrors: Float64Array;
}

/**
 * Entropic optimal transport (Cuturi 2013; METHOD 4) by Sinkhorn's iteration in the log domain: the plan of least
 * ⟨cost, Π⟩ - ε H(Π) with row sums p and column sums q, for each of a batch of problems. Throws INVALID_OPTION where an
 * entry is not finite, or weights are negative or do not sum to one; SHAPE_MISMATCH where sizes do not fit.
 */
export async function sinkhorn(
  problem: SinkhornProblem,
  options: KernelOptions = {},
): Promise<SinkhornResult> {
  const { cost, n, m, epsilon, iterations, tolerance, ...weights } = parseOptions(
    problemSchema,
    problem,
    "sinkhorn",
  );
  const problems = batchOf("sinkhorn", "cost", cost, ["n", n], ["m", m]);
  checkFinite("sinkhorn", { cost });
  const p = marginals("sinkhorn", "p", weights.p, { problems, nodes: n });
  const q = marginals("sinkhorn", "q", weights.q, { problems, nodes: m });
  const given = {
    cost: { data: cost, shape: [problems * n, m] },
    p: { data: p, shape: [problems, n] },
    q: { data: q, shape: [problems, m] },
  };
  const stopping = { epsilon, iterations, tolerance, relativeTolerance: 1 };
  const { plans, shares } = await runKernel(given, options, (x) => {
    const plan = sinkhornOp(x.cost!, x.p!, x.q!, stopping);
    return { plans: plan, shares: multiply(x.cost!, plan) };
  });
  const valueOf = (problem: number) =>
    shares.subarray(problem * n * m, (problem + 1) * n * m).reduce((a, b) => a + b, 0);
  return {
    plans,
    values: Float64Array.from({ length: problems }, (_, k) => valueOf(k)),
    marginalErrors: marginalErrors(plans, p, q, n),
  };
}
