import { gradients } from "../graph/gradient.js";
import { add } from "../graph/ops/add.js";
import { counterfactualEffect } from "../graph/ops/counterfactual-effect.js";
import { crfMarginals } from "../graph/ops/crf-marginals.js";
import { scale } from "../graph/ops/scale.js";
import { softmax } from "../graph/ops/softmax.js";
import { viterbi } from "../graph/ops/viterbi.js";
import { liveNodes, type Roots } from "../graph/roots.js";
import type { Tensor } from "../graph/tensor.js";
import type { StoredTensor } from "../files/stored-tensor.js";
import { Scope, type ParameterSpec } from "../nn/scope.js";
import { counterfactualScores, onMarkedWords } from "./counterfactual.js";
import { wordRanges } from "./fusion.js";
import { losses } from "./losses/index.js";
import { recognitionLoss } from "./losses/recognition.js";
import type { Objective } from "./objective.js";
import { transitionScores, wordScores, type TaggerConfig } from "./word-scores.js";

/** A graph ready to be compiled, and what must be in the engine before it runs. */
export interface TaggerGraph {
  roots: Roots;
  parameters: ParameterSpec[];
  states: StoredTensor[];
}

/**
 * L = L_ner + Σ λ L_part (METHOD 7) over the batch, and the gradients of every parameter. Outputs: `loss` [1] and each
 * part's share of it, `loss.<part>` [1]. Weights λ are inputs, `weight.<part>` [1].
 */
export function trainingGraph(config: TaggerConfig, objective: Objective): TaggerGraph {
  const scope = new Scope(true);
  const words = wordScores(scope, config);
  const gold = scope.graph.input("gold", "i32", ["words"]);
  const context = { scope, config, objective, words, gold, assigns: new Map<string, Tensor>() };
  const parts = losses
    .filter((part) => part.weight(objective) > 0)
    .map((part) => {
      const weight = scope.graph.input(`weight.${part.name}`, "f32", [1]);
      return [`loss.${part.name}`, scale(part.build(context), weight)] as const;
    });
  const named = recognitionLoss(context);
  const loss = parts.reduce((total, [, share]) => add(total, share), named);
  const outputs = { loss, "loss.recognition": named, ...Object.fromEntries(parts) };
  return graphOf(scope, {
    outputs,
    gradients: parameterGradients(scope, loss),
    assigns: context.assigns,
  });
}

/**
 * The best tag sequence (`tags` [words]) by Viterbi, and the `probabilities` [words, Y] of each word's tags: marginals
 * of the CRF, or the softmax of the word alone.
 */
export function predictionGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope(false);
  return graphOf(scope, { outputs: decoded(scope, config, wordScores(scope, config).scores) });
}

/**
 * The same from Y - τ Ỹ (METHOD 5.5), where Ỹ are the scores without the marked words; words that are not marked keep
 * Y. Also the `factual` and the `counterfactual` scores [words, Y] themselves. Input `tau` [1].
 */
export function counterfactualGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope(false);
  const { layers, scores: factual } = wordScores(scope, config);
  const counterfactual = counterfactualScores(scope, config, layers);
  const tau = scope.graph.input("tau", "f32", [1]);
  const effect = counterfactualEffect(factual, onMarkedWords(scope, counterfactual), tau);
  return graphOf(scope, { outputs: { ...decoded(scope, config, effect), factual, counterfactual } });
}

/** What is read off a model to build others: `scores` [words, Y] and word `vectors` h [words, d]. */
export function analysisGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope(false);
  const { h, scores } = wordScores(scope, config);
  return graphOf(scope, { outputs: { scores, vectors: h } });
}

function decoded(scope: Scope, config: TaggerConfig, scores: Tensor): Record<string, Tensor> {
  const [transitions, words] = [transitionScores(scope, config), wordRanges(scope)];
  const tags = viterbi(scores, transitions, words);
  return { tags, probabilities: config.crf ? crfMarginals(scores, transitions, words) : softmax(scores) };
}

export function parameterGradients(scope: Scope, loss: Tensor): Map<string, Tensor> {
  const names = [...scope.parameters.keys()];
  const tensors = names.map((name) => scope.graph.parameter(name, scope.parameters.get(name)!.shape));
  const found = gradients(loss, tensors).map((gradient, k) => [names[k]!, gradient] as const);
  return new Map(found.filter((entry): entry is [string, Tensor] => entry[1] !== undefined));
}

/** Parameters and states that no root depends on are left out. */
function graphOf({ parameters, states }: Scope, roots: Roots): TaggerGraph {
  const live = new Set(liveNodes(roots).map(({ leaf }) => leaf?.name));
  return {
    roots,
    parameters: [...parameters.values()].filter(({ name }) => live.has(name)),
    states: [...states.values()].filter(({ name }) => live.has(name)),
  };
}
