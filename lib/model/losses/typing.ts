import { crossEntropy } from "../../graph/ops/cross-entropy.js";
import { typeScores } from "../type-scores.js";
import { headDropout } from "../word-scores.js";
import type { Loss } from "./loss.js";

/**
 * L_type: the mean vector of a gold mention tells its type, by its products with vectors of the types that start from
 * their names (METHOD 5.7; the second step of Coach, Liu et al. 2020, as a task beside the tags).
 */
export const typing: Loss = {
  name: "typing",
  early: true,
  weight: ({ typing: part }) => part?.weight ?? 0,
  build({ scope, config: { encoder, tags }, words: { h } }) {
    const scores = typeScores(scope, headDropout(scope, encoder, h), (tags - 1) / 2);
    return crossEntropy(scores, scope.graph.input("spanTypes", "i32", ["spans"]));
  },
};
