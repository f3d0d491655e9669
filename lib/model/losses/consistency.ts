import { detach } from "../../graph/ops/detach.js";
import { gather } from "../../graph/ops/gather.js";
import { softCrossEntropy } from "../../graph/ops/soft-cross-entropy.js";
import { softmax } from "../../graph/ops/softmax.js";
import type { Loss } from "./loss.js";

/**
 * L_con: a word's tags are as probable under an intervention on its sentence's mentions as they are without. Each reading
 * is told what the other says, as a constant, so that both move towards the middle (METHOD 5.1; of two readings that differ
 * in dropout alone it is R-Drop, Liang et al. 2021).
 */
export const consistency: Loss = {
  name: "consistency",
  early: true,
  weight: ({ consistency: part }) => part?.weight ?? 0,
  build({ scope, words: { scores } }) {
    const indices = (name: string) => scope.graph.input(`twins.${name}`, "i32", ["pairs"]);
    const said = detach(softmax(gather(scores, indices("other"))));
    return softCrossEntropy(gather(scores, indices("word")), said);
  },
};
