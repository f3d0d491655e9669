import { scaleRows } from "../graph/ops/row-factors.js";
import type { Tensor } from "../graph/tensor.js";
import type { Scope } from "../nn/scope.js";
import { encode, encodeFrom, encoderInputs } from "./encoder.js";
import { tagScores, wordVectors, type TaggerConfig } from "./word-scores.js";

/**
 * Ỹ [words, Y]: scores of the tags when the content of the marked words is taken away (METHOD 5.3), at the input pieces,
 * behind encoder layer k, or from the last vectors. `layers` are what the encoder made of the words themselves. The
 * masked sentences are as long as the originals and lie in the same places, so both share all inputs but their pieces.
 */
export function counterfactualScores(scope: Scope, config: TaggerConfig, layers: readonly Tensor[]): Tensor {
  return tagScores(scope, config, maskedVectors(scope, config, layers));
}

function maskedVectors(scope: Scope, config: TaggerConfig, layers: readonly Tensor[]): Tensor {
  const { encoder, mask } = config;
  const inputs = encoderInputs(scope);
  const kept = (rows: "pieces" | "words") => scope.graph.input(`kept.${rows}`, "f32", [rows, 1]);
  if (mask.where === "last") return scaleRows(wordVectors(scope, layers), kept("words"));
  if (mask.where === "layer") {
    const masked = scaleRows(layers[mask.layer]!, kept("pieces"));
    return wordVectors(scope, encodeFrom(scope, encoder, masked, inputs.sentences, mask.layer));
  }
  const masked = (name: string) => scope.graph.input(`masked.${name}`, "i32", ["pieces"]);
  const without = { ...inputs, pieces: masked("pieces"), shapes: masked("shapes") };
  return wordVectors(scope, encode(scope, encoder, without, config));
}

/** Ỹ in the rows of marked words, 0 elsewhere: what is not masked keeps its scores. */
export const onMarkedWords = (scope: Scope, scores: Tensor): Tensor =>
  scaleRows(scores, scope.graph.input("marked", "f32", ["words", 1]));
