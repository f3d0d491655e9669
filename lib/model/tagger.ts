import { gradients } from "../graph/gradient.js";
import { crossEntropy } from "../graph/ops/cross-entropy.js";
import { dropout } from "../graph/ops/dropout.js";
import { gather } from "../graph/ops/gather.js";
import { softmax } from "../graph/ops/softmax.js";
import { viterbi } from "../graph/ops/viterbi.js";
import type { Roots } from "../graph/roots.js";
import type { Tensor } from "../graph/tensor.js";
import { linear } from "../nn/linear.js";
import { Scope, type ParameterSpec } from "../nn/scope.js";
import { encode, encoderInputs } from "./encoder.js";
import type { EncoderConfig } from "./encoder-config.js";

/** What shapes the tagger's graphs. */
export interface TaggerConfig {
  readonly encoder: EncoderConfig;
  /** Number of tags Y. */
  readonly tags: number;
  /** Word-shape vectors at the encoder's input (METHOD 1). */
  readonly wordShape: boolean;
}

/** Encoder and linear tag head (METHOD 1): scores of the tags of every word, [words, Y]. */
function emissions(scope: Scope, config: TaggerConfig): Tensor {
  const h = encode(scope, config.encoder, encoderInputs(scope), config);
  const words = gather(h, scope.graph.input("firstPieces", "i32", ["words"]));
  const rate = config.encoder.classifier_dropout ?? config.encoder.hidden_dropout_prob;
  const dropped = dropout(words, scope.rate(rate), scope.random());
  return linear(scope, dropped, { name: "classifier", group: "head", width: config.tags });
}

/** Mean cross-entropy over words against `gold` [words], and the gradients of every parameter. */
export function trainingGraph(config: TaggerConfig): { roots: Roots; parameters: ParameterSpec[] } {
  const scope = new Scope(true);
  const loss = crossEntropy(emissions(scope, config), scope.graph.input("gold", "i32", ["words"]));
  return {
    roots: { outputs: { loss }, gradients: parameterGradients(scope, loss) },
    parameters: specs(scope),
  };
}

/**
 * The best tag sequence (`tags` [words]) under `transitions` [Y + 1, Y], by Viterbi, and the `probabilities` [words, Y]
 * of each word's tags. `words` [sentences, 2] says where each sentence's words are.
 */
export function predictionGraph(config: TaggerConfig): { roots: Roots; parameters: ParameterSpec[] } {
  const scope = new Scope(false);
  const scores = emissions(scope, config);
  const transitions = scope.graph.input("transitions", "f32", [config.tags + 1, config.tags]);
  const words = scope.graph.input("words", "i32", ["sentences", 2]);
  const outputs = { tags: viterbi(scores, transitions, words), probabilities: softmax(scores) };
  return { roots: { outputs }, parameters: specs(scope) };
}

export function parameterGradients(scope: Scope, loss: Tensor): Map<string, Tensor> {
  const names = [...scope.parameters.keys()];
  const tensors = names.map((name) => scope.graph.parameter(name, scope.parameters.get(name)!.shape));
  const found = gradients(loss, tensors).map((gradient, k) => [names[k]!, gradient] as const);
  return new Map(found.filter((entry): entry is [string, Tensor] => entry[1] !== undefined));
}

const specs = (scope: Scope): ParameterSpec[] => [...scope.parameters.values()];
