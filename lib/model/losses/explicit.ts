import { crossEntropy } from "../../graph/ops/cross-entropy.js";
import { counterfactualEffect } from "../../graph/ops/counterfactual-effect.js";
import { detach } from "../../graph/ops/detach.js";
import { fill } from "../../graph/ops/fill.js";
import { counterfactualScores } from "../counterfactual.js";
import { entityGold, type Loss } from "./loss.js";

/** L_exp: on entity words, what the entity adds to the scores must tell its tag (METHOD 5.3). */
export const explicit: Loss = {
  name: "explicit",
  weight: ({ explicit: { weight } }) => weight,
  build(context) {
    const { scope, config, objective, words } = context;
    const without = counterfactualScores(scope, config, words.layers);
    const fixed = objective.explicit.live ? without : detach(without);
    const effect = counterfactualEffect(words.scores, fixed, fill(scope.graph, [1], 1));
    return crossEntropy(effect, entityGold(context));
  },
};
