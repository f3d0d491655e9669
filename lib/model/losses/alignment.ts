import { fill } from "../../graph/ops/fill.js";
import { gromovWasserstein } from "../../graph/ops/gromov-wasserstein.js";
import { groupMean } from "../../graph/ops/group-mean.js";
import { matmul } from "../../graph/ops/matmul.js";
import { movingAverage } from "../../graph/ops/moving-average.js";
import { offDiagonalNormalise } from "../../graph/ops/off-diagonal-normalise.js";
import { pairwiseDistance } from "../../graph/ops/pairwise-distance.js";
import { scale } from "../../graph/ops/scale.js";
import { softmax } from "../../graph/ops/softmax.js";
import { sum } from "../../graph/ops/sum.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Loss, LossContext } from "./loss.js";

/** States: distances Δ of the source view [L, L], and the moving average of the target's nodes [L, L]. */
export const sourceDistances = "label_graph.distances";
export const targetNodes = "label_graph.target";

const tolerances = { tolerance: 1e-6, relativeTolerance: 1e-4 };

/** L_gw: how far the target's view of its labels is from the source's (METHOD 2.2, 4). */
export const alignment: Loss = {
  name: "alignment",
  weight: ({ alignment: { weight } }) => weight,
  build(context) {
    const { scope, objective } = context;
    const labels = labelCount(context);
    const source = scope.state(sourceDistances, [labels, labels]);
    const target = targetDistances(context);
    const uniform = fill(scope.graph, [1, labels], 1 / labels);
    const { epsilon, outerIterations, innerIterations } = objective.alignment;
    const options = { epsilon, proximal: 1, outerIterations, innerIterations, ...tolerances };
    return sum(gromovWasserstein(source, target, uniform, uniform, options).values);
  },
};

/** Distances Δ between the target's nodes [L, L]. */
export const targetDistances = (context: LossContext): Tensor =>
  offDiagonalNormalise(pairwiseDistance(movingNodes(context)));

/** Mean soft prediction of the words of each label, blended into its average; only the batch's share is live. */
function movingNodes(context: LossContext): Tensor {
  const { scope, objective, config, words, assigns } = context;
  const { graph } = scope;
  const labels = labelCount(context);
  const soft = softmax(scale(words.scores, fill(graph, [1], 1 / objective.labelGraph.temperature)));
  const { means, counts } = groupMean(soft, graph.input("goldNodes", "i32", ["words"]), labels);
  const collapsed = matmul(means, graph.input("nodeOfTag", "f32", [config.tags, labels]));
  const decay = fill(graph, [1], objective.alignment.decay);
  const nodes = movingAverage(scope.state(targetNodes, [labels, labels]), collapsed, counts, decay);
  assigns.set(targetNodes, nodes);
  return nodes;
}

/** L: one node per tag, or one for O and one per type. */
export const labelCount = ({ config, objective }: LossContext): number =>
  objective.labelGraph.nodes === "tags" ? config.tags : (config.tags + 1) / 2;
