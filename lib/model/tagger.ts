import { gradients } from "../graph/gradient.js";
import { add } from "../graph/ops/add.js";
import { counterfactualEffect } from "../graph/ops/counterfactual-effect.js";
import { crfSpanPosterior } from "../graph/ops/crf-span-posterior.js";
import { scale } from "../graph/ops/scale.js";
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
 * @param kept the head that is kept of the source model, for an objective that keeps one
 */
export function trainingGraph(config: TaggerConfig, objective: Objective, kept?: TaggerConfig): TaggerGraph {
  const scope = new Scope("training");
  const words = wordScores(scope, config);
  const gold = scope.graph.input("gold", "i32", ["words"]);
  const context = { scope, config, objective, kept, words, gold, assigns: new Map<string, Tensor>() };
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

/** The best tag sequence (`tags` [words]) by Viterbi, of the `scores` [words, Y]. */
export function predictionGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope("prediction");
  return graphOf(scope, { outputs: decoded(scope, config, wordScores(scope, config).scores) });
}

/** Ỹ (METHOD 5.3): `scores` [words, Y] without the marked words in their rows, 0 in those of the others. */
export function counterfactualGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope("prediction");
  const { layers } = wordScores(scope, config);
  const scores = onMarkedWords(scope, counterfactualScores(scope, config, layers));
  return graphOf(scope, { outputs: { scores } });
}

/**
 * `tags` and `scores` of Y - τ Ỹ (METHOD 5.5). Inputs: `factual` and `counterfactual` [words, Y], as the graphs above give
 * them, and `tau` [1].
 */
export function effectGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope("prediction");
  const [factual, counterfactual] = ["factual", "counterfactual"].map((name) => scoresInput(scope, config, name)) as [Tensor, Tensor]; // prettier-ignore
  const tau = scope.graph.input("tau", "f32", [1]);
  return graphOf(scope, {
    outputs: decoded(scope, config, counterfactualEffect(factual, counterfactual, tau)),
  });
}

/** `posteriors` [spans] of the mentions `spans` [spans, 3] (first word, words, type), under given `scores` [words, Y]. */
export function posteriorGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope("prediction");
  const spans = scope.graph.input("spans", "i32", ["spans", 3]);
  const transitions = transitionScores(scope, config);
  const scores = scoresInput(scope, config, "scores");
  const posteriors = crfSpanPosterior(scores, transitions, wordRanges(scope), spans);
  return graphOf(scope, { outputs: { posteriors } });
}

/** What is read off a model to build others: `scores` [words, Y] and word `vectors` h [words, d]. */
export function analysisGraph(config: TaggerConfig): TaggerGraph {
  const scope = new Scope("prediction");
  const { h, scores } = wordScores(scope, config);
  return graphOf(scope, { outputs: { scores, vectors: h } });
}

function decoded(scope: Scope, config: TaggerConfig, scores: Tensor): Record<string, Tensor> {
  return { tags: viterbi(scores, transitionScores(scope, config), wordRanges(scope)), scores };
}

const scoresInput = (scope: Scope, { tags }: TaggerConfig, name: string): Tensor =>
  scope.graph.input(name, "f32", ["words", tags]);

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
