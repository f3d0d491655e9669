import { gather } from "../../graph/ops/gather.js";
import { softCrossEntropy } from "../../graph/ops/soft-cross-entropy.js";
import { tagHead } from "../word-scores.js";
import type { Loss } from "./loss.js";

/**
 * L_keep: of the sentences that are replayed beside the batch, the kept head says what the source model says
 * (distillation, Hinton et al. 2015; Li and Hoiem 2016 for keeping what was learnt).
 */
export const keeping: Loss = {
  name: "keeping",
  early: true,
  weight: ({ keeping: part }) => part?.weight ?? 0,
  build({ scope, kept, words: { layers } }) {
    const h = gather(layers.at(-1)!, scope.graph.input("replay.firstPieces", "i32", ["replayed"]));
    const targets = scope.graph.input("replay.targets", "f32", ["replayed", kept!.tags]);
    return softCrossEntropy(tagHead(scope, kept!, h), targets);
  },
};
