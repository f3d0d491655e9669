import { z } from "zod";
import { gradients } from "../graph/gradient.js";
import { gromovWasserstein as gromovWassersteinOp } from "../graph/ops/gromov-wasserstein.js";
import { sum } from "../graph/ops/sum.js";
import { parseOptions } from "../options.js";
import { batchOf, checkFinite, checkLength, count, floatArray, positive } from "./checks.js";
import { marginalErrors, marginals } from "./marginals.js";
import { runKernel, type KernelOptions } from "./run.js";

const problemSchema = z.strictObject({
  /** Distances within the first graph of each pair, [problems, n, n]. */
  source: floatArray,
  /** Distances within the second graph of each pair, [problems, m, m]. */
  target: floatArray,
  n: count,
  m: count,
  /** Weights of the source's nodes [problems, n], each ≥ 0, with the sum 1 in every problem; default: uniform. A node of weight 0 is padding. */
  p: floatArray.optional(),
  /** Weights of the target's nodes [problems, m]; as `p`. */
  q: floatArray.optional(),
  /** `proximal` has no bias from ε; `entropic` blurs the plan, the more the larger ε. */
  method: z.enum(["proximal", "entropic"]).default("proximal"),
  /** Weight of a step's distance from the last plan (proximal) or of the entropy (entropic), in units of distance². */
  epsilon: positive.default(0.05),
  /** Steps at most, each one transport problem. */
  steps: count.default(200),
  /** Passes over rows and columns at most, in every step. */
  iterations: count.default(200),
  /** The end: the plan moves by at most this in all, and its row sums miss `p` by at most this. */
  tolerance: positive.default(1e-6),
  /** … and the value moves by at most this share of the part that no plan changes. */
  relativeTolerance: positive.default(1e-5),
});

export type GromovWassersteinProblem = z.input<typeof problemSchema>;

export interface GromovWassersteinResult {
  /** Discrepancy of each pair, ≥ 0: 0 where the plan maps one graph onto the other. */
  values: Float32Array;
  /** [problems, n, m]. */
  plans: Float32Array;
  /** Gradients of the values by the distances with the plan held, [problems, n, n] and [problems, m, m]. */
  gradients: { source: Float32Array; target: Float32Array };
  /** Largest error of a row or column sum of each plan. */
  marginalErrors: Float64Array;
}

/**
 * Gromov-Wasserstein discrepancy with square loss between pairs of graphs (Peyré et al. 2016; METHOD 4). The problem is
 * not convex: from Π = p q' a stationary plan is found, not always the best one; nodes that nothing tells apart stay
 * mixed. Throws INVALID_OPTION where an entry is not finite, or weights are negative or do not sum to one;
 * SHAPE_MISMATCH where sizes do not fit.
 */
export async function gromovWasserstein(
  problem: GromovWassersteinProblem,
  options: KernelOptions = {},
): Promise<GromovWassersteinResult> {
  const name = "gromovWasserstein";
  const parsed = parseOptions(problemSchema, problem, name);
  const { source, target, n, m } = parsed;
  const problems = batchOf(name, "source", source, ["n", n], ["n", n]);
  checkLength(name, "target", target, ["problems", problems], ["m", m], ["m", m]);
  checkFinite(name, { source, target });
  const p = marginals(name, "p", parsed.p, { problems, nodes: n });
  const q = marginals(name, "q", parsed.q, { problems, nodes: m });
  const given = {
    source: { data: source, shape: [problems * n, n] },
    target: { data: target, shape: [problems * m, m] },
    p: { data: p, shape: [problems, n] },
    q: { data: q, shape: [problems, m] },
  };
  const results = await runKernel(given, options, (x) => {
    const { values, plan } = gromovWassersteinOp(x.source!, x.target!, x.p!, x.q!, {
      epsilon: parsed.epsilon,
      proximal: Number(parsed.method === "proximal"),
      outerIterations: parsed.steps,
      innerIterations: parsed.iterations,
      tolerance: parsed.tolerance,
      relativeTolerance: parsed.relativeTolerance,
    });
    const [bySource, byTarget] = gradients(sum(values), [x.source!, x.target!]);
    return { values, plans: plan, bySource: bySource!, byTarget: byTarget! };
  });
  const { values, plans, bySource, byTarget } = results;
  return {
    values: values.map((value) => Math.max(0, value)), // what is below is rounding
    plans,
    gradients: { source: bySource, target: byTarget },
    marginalErrors: marginalErrors(plans, p, q, n),
  };
}
