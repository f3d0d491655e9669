import { add } from "../../graph/ops/add.js";
import { binaryCrossEntropy } from "../../graph/ops/binary-cross-entropy.js";
import { crossEntropy } from "../../graph/ops/cross-entropy.js";
import { fill } from "../../graph/ops/fill.js";
import { rowMax } from "../../graph/ops/row-max.js";
import { scaleRows } from "../../graph/ops/row-factors.js";
import { scale } from "../../graph/ops/scale.js";
import { sigmoid } from "../../graph/ops/sigmoid.js";
import { uniformKl } from "../../graph/ops/uniform-kl.js";
import { unlikelihood } from "../../graph/ops/unlikelihood.js";
import type { Tensor } from "../../graph/tensor.js";
import { tagHead } from "../word-scores.js";
import { entityGold, type Loss, type LossContext } from "./loss.js";

const firstEntityNode = 1; // node 0 is O

/**
 * L_imp: every word's vector is split by s = σ(max over entity nodes of its attention) into an entity part s r and the
 * rest (1 - s) r (METHOD 5.4). The rest must not tell the tag, the entity part must, and s follows the gold spans.
 */
export const implicit: Loss = {
  name: "implicit",
  weight: ({ implicit: { weight } }) => weight,
  build(context) {
    const { scope, objective } = context;
    const { reading, sufficiency, supervision, weight } = objective.implicit;
    const pooled = rowMax(context.words.fused!.attention, firstEntityNode);
    const rest = partScores(context, scale(pooled, constant(context, -1)));
    const gold = entityGold(context);
    let loss = reading === "uniform" ? uniformKl(rest, gold) : unlikelihood(rest, gold);
    if (sufficiency > 0) {
      const told = crossEntropy(partScores(context, pooled), gold);
      loss = add(loss, scale(told, constant(context, sufficiency / weight)));
    }
    if (supervision > 0) {
      const followed = binaryCrossEntropy(pooled, scope.graph.input("split", "f32", ["words", 1]));
      loss = add(loss, scale(followed, constant(context, supervision / weight)));
    }
    return loss;
  },
};

/** Tag scores of σ(x) r; σ(-x) is the other part's share. */
function partScores({ scope, config, words }: LossContext, x: Tensor): Tensor {
  return tagHead(scope, config, scaleRows(words.r, sigmoid(x)));
}

const constant = ({ scope }: LossContext, value: number): Tensor => fill(scope.graph, [1], value);
