import { add } from "../../graph/ops/add.js";
import { binaryCrossEntropy } from "../../graph/ops/binary-cross-entropy.js";
import { gather } from "../../graph/ops/gather.js";
import { rowDots } from "../../graph/ops/row-factors.js";
import type { Tensor } from "../../graph/tensor.js";
import { single, type Scope } from "../../nn/scope.js";
import { nodeIds } from "../fusion.js";
import type { Loss } from "./loss.js";

/** L_aux: from its node, each label tells whether it occurs in the sentence (METHOD 3.6). */
export const auxiliary: Loss = {
  name: "auxiliary",
  weight: ({ auxiliary: { weight } }) => weight,
  build({ scope, config, words: { fused } }) {
    const { nodes } = fused!;
    const [labels, d] = [config.fusion!.labels, Number(nodes.shape[1])];
    const logits = add(
      rowDots(nodes, perNode(scope, "auxiliary.weight", [labels, d])),
      perNode(scope, "auxiliary.bias", [labels, 1]),
    );
    return binaryCrossEntropy(logits, scope.graph.input("nodeTargets", "f32", ["nodes", 1]));
  },
};

/** A learnt row per label, for every node of every sentence. */
function perNode(scope: Scope, name: string, shape: readonly number[]): Tensor {
  const initialiser = { kind: "constant", value: 0 } as const;
  const table = scope.parameter(single(name, shape, { group: "fusion", decay: shape[1]! > 1, initialiser }));
  return gather(table, nodeIds(scope));
}
