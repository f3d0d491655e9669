import { add } from "../graph/ops/add.js";
import { attention } from "../graph/ops/attention.js";
import { dropout } from "../graph/ops/dropout.js";
import { gelu } from "../graph/ops/gelu.js";
import type { Tensor } from "../graph/tensor.js";
import { embedding } from "../nn/embedding.js";
import { layerNorm } from "../nn/layer-norm.js";
import { linear } from "../nn/linear.js";
import type { Scope } from "../nn/scope.js";
import { shapeCount } from "../text/word-shape.js";
import type { EncoderConfig } from "./encoder-config.js";

/** What every graph that contains the encoder reads (lib/text/packing.ts makes it). */
export interface EncoderInputs {
  /** Ids of the word pieces of all sentences, laid end to end [pieces]. */
  pieces: Tensor;
  /** Place of each piece in its sentence [pieces]. */
  positions: Tensor;
  /** First piece and number of pieces of each passage [passages, 2]: the batch's sentences, and what is read beside them. */
  sentences: Tensor;
  /** Shape class of the piece's word [pieces]; only with word shapes. */
  shapes: Tensor;
}

export function encoderInputs(scope: Scope): EncoderInputs {
  const ids = (name: string) => scope.graph.input(name, "i32", ["pieces"]);
  return {
    pieces: ids("pieces"),
    positions: ids("positions"),
    sentences: scope.graph.input("sentences", "i32", ["passages", 2]),
    shapes: ids("shapes"),
  };
}

/**
 * BERT (Devlin et al. 2019) over packed sentences: the embeddings, then the vectors of every layer, each [pieces, d].
 */
export function encode(
  scope: Scope,
  config: EncoderConfig,
  inputs: EncoderInputs,
  options: { wordShape: boolean },
): Tensor[] {
  const h = embed(scope, config, inputs, options.wordShape);
  return [h, ...encodeFrom(scope, config, h, inputs.sentences, 0)];
}

/** The layers behind layer `first`, from its output h [pieces, d]. */
export function encodeFrom(
  scope: Scope,
  config: EncoderConfig,
  h: Tensor,
  sentences: Tensor,
  first: number,
): Tensor[] {
  const layers: Tensor[] = [];
  for (let layer = first; layer < config.num_hidden_layers; layer++)
    layers.push(encoderLayer(scope, config, layers.at(-1) ?? h, sentences, `encoder.layer.${layer}`));
  return layers;
}

/** Sum of the embeddings of piece, position, segment 0 and the shape of the word (METHOD 1). */
function embed(scope: Scope, config: EncoderConfig, inputs: EncoderInputs, wordShape: boolean): Tensor {
  const group = "encoder";
  const table = (ids: Tensor, name: string, rows: number) =>
    embedding(scope, ids, { name: `embeddings.${name}`, group, rows, width: config.hidden_size });
  const segments = scope.graph.input("segments", "i32", ["pieces"]);
  let sum = table(inputs.pieces, "word_embeddings", config.vocab_size);
  sum = add(sum, table(inputs.positions, "position_embeddings", config.max_position_embeddings));
  sum = add(sum, table(segments, "token_type_embeddings", config.type_vocab_size));
  if (wordShape) sum = add(sum, table(inputs.shapes, "word_shape_embeddings", shapeCount));
  const normal = layerNorm(scope, sum, {
    name: "embeddings.LayerNorm",
    group,
    epsilon: config.layer_norm_eps,
  });
  return dropout(normal, scope.rate(config.hidden_dropout_prob), scope.random());
}

/** Attention and feed-forward block, each with dropout, residual and layer norm behind it. */
function encoderLayer(
  scope: Scope,
  config: EncoderConfig,
  h: Tensor,
  sentences: Tensor,
  name: string,
): Tensor {
  const group = "encoder";
  const { hidden_size: d, num_attention_heads: heads, layer_norm_eps: epsilon } = config;
  const residual = (x: Tensor, branch: Tensor, part: string) => {
    const dropped = dropout(branch, scope.rate(config.hidden_dropout_prob), scope.random());
    return layerNorm(scope, add(dropped, x), { name: `${name}.${part}.LayerNorm`, group, epsilon });
  };
  const self = `${name}.attention.self`;
  const parts = ["query", "key", "value"].map((part) => `${self}.${part}`);
  const qkv = linear(scope, h, { name: `${self}.qkv`, group, width: 3 * d, parts });
  const context = attention(
    qkv,
    sentences,
    heads,
    scope.rate(config.attention_probs_dropout_prob),
    scope.random(),
  );
  const output = `${name}.attention.output`;
  const attended = residual(
    h,
    linear(scope, context, { name: `${output}.dense`, group, width: d }),
    "attention.output",
  );
  const inner = { name: `${name}.intermediate.dense`, group, width: config.intermediate_size } as const;
  const wide = gelu(linear(scope, attended, inner));
  return residual(attended, linear(scope, wide, { name: `${name}.output.dense`, group, width: d }), "output");
}
