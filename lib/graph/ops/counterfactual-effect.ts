import { floats, noise } from "../nd-array.js";
import { dims, sameDim, sameType, type Op } from "../op.js";
import type { Tensor } from "../tensor.js";
import { fill } from "./fill.js";
import { multiply } from "./multiply.js";
import { scale } from "./scale.js";
import { sum } from "./sum.js";

/**
 * Y - τ Ỹ: tag scores less those of the counterfactual (METHOD 5.3, 5.5). factual, counterfactual: [N, Y]; tau: [1].
 * With `sparesO` the score of the first tag stays as it is: subtracting there would favour O.
 */
export const counterfactualEffect = (
  factual: Tensor,
  counterfactual: Tensor,
  tau: Tensor,
  { sparesO = true }: { sparesO?: boolean } = {},
): Tensor => effect(factual, counterfactual, tau, Number(sparesO));

const effect = (a: Tensor, b: Tensor, tau: Tensor, sparesFirst: number): Tensor =>
  a.graph.apply(counterfactualEffectOp, [a, b, tau], { sparesFirst })[0]!;

export const counterfactualEffectOp: Op = {
  name: "counterfactualEffect",
  infer([factual, counterfactual, tau]) {
    const shape = dims("counterfactualEffect", "factual", factual, "f32", 2);
    sameType("counterfactualEffect", factual!, counterfactual!);
    const [length] = dims("counterfactualEffect", "tau", tau, "f32", 1);
    sameDim("counterfactualEffect", "extents of tau and 1", length, 1);
    return [{ type: "f32", shape }];
  },
  /** 0 - τ dY is the op again, on zeros. */
  gradient({ inputs: [, counterfactual, tau], attributes, outputGradients: [dY] }) {
    const [zero, one] = [0, 1].map((value) => fill(dY!.graph, [1], value)) as [Tensor, Tensor];
    const dTau = sum(multiply(dY!, effect(scale(dY!, zero), counterfactual!, one, attributes.sparesFirst!)));
    return [dY, effect(scale(dY!, zero), dY!, tau!, attributes.sparesFirst!), dTau];
  },
  reference([factual, counterfactual, tau], [y], { sparesFirst }) {
    const tags = factual!.shape[1]!;
    factual!.data.forEach((value, k) => {
      const spared = sparesFirst && k % tags === 0;
      y!.data[k] = spared ? value : value - tau!.data[0]! * counterfactual!.data[k]!;
    });
  },
  inPlace: { 0: 0 },
  get samples() {
    return [0, 1].map((sparesFirst) => ({
      inputs: [noise([7, 33], 1), noise([7, 33], 2), floats([1], [0.375])],
      attributes: { sparesFirst },
    }));
  },
};
