import { z } from "zod";
import { counterfactualEffect as counterfactualEffectOp } from "../graph/ops/counterfactual-effect.js";
import { parseOptions } from "../options.js";
import { batchOf, checkFinite, checkLength, count, floatArray } from "./checks.js";
import { runKernel, type KernelOptions } from "./run.js";

const problemSchema = z.strictObject({
  /** Scores Y of every word's tags as it stands, [words, tags]. */
  factual: floatArray,
  /** Scores Ỹ of the same words with the mention unknown, [words, tags]. */
  counterfactual: floatArray,
  tags: count,
  /** Weight τ of the counterfactual, 0 to 1. */
  tau: z.number().min(0).max(1).default(1),
  /** The score of the first tag, O, stays as it is: subtracting there would favour O. */
  sparesO: z.boolean().default(true),
});

export type CounterfactualProblem = z.input<typeof problemSchema>;

/**
 * Y - τ Ỹ, [words, tags]: what the mention itself adds to the scores of its tags (total direct effect; METHOD 5.3, 5.5).
 * Throws INVALID_OPTION where an entry is not finite, SHAPE_MISMATCH where sizes do not fit.
 */
export async function counterfactualEffect(
  problem: CounterfactualProblem,
  options: KernelOptions = {},
): Promise<Float32Array> {
  const name = "counterfactualEffect";
  const { factual, counterfactual, tags, tau, sparesO } = parseOptions(problemSchema, problem, name);
  const words = batchOf(name, "factual", factual, ["tags", tags]);
  checkLength(name, "counterfactual", counterfactual, ["words", words], ["tags", tags]);
  checkFinite(name, { factual, counterfactual });
  const given = {
    factual: { data: factual, shape: [words, tags] },
    counterfactual: { data: counterfactual, shape: [words, tags] },
    tau: { data: Float32Array.of(tau), shape: [1] },
  };
  const { effect } = await runKernel(given, options, (x) => ({
    effect: counterfactualEffectOp(x.factual!, x.counterfactual!, x.tau!, { sparesO }),
  }));
  return effect;
}
