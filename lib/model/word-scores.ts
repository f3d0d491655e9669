import { add } from "../graph/ops/add.js";
import { dropout } from "../graph/ops/dropout.js";
import { gather } from "../graph/ops/gather.js";
import type { Tensor } from "../graph/tensor.js";
import { linear } from "../nn/linear.js";
import { single, type Scope } from "../nn/scope.js";
import { encode, encoderInputs } from "./encoder.js";
import type { EncoderConfig } from "./encoder-config.js";
import { fuse, type Fused, type FusionConfig } from "./fusion.js";

/** What shapes the tagger's graphs. */
export interface TaggerConfig {
  readonly encoder: EncoderConfig;
  /** Number of tags Y. */
  readonly tags: number;
  /** Word-shape vectors at the encoder's input (METHOD 1). */
  readonly wordShape: boolean;
  /** Learnt transitions between tags, beside the valid ones. */
  readonly crf: boolean;
  /** Label nodes beside the words (METHOD 3); null: none. */
  readonly fusion: FusionConfig | null;
  /** Of the names of the head's parameters: the model's own head, or the one that it keeps of its source. */
  readonly prefix: "" | "kept.";
  /** Where a counterfactual takes words away (METHOD 5.3). */
  readonly mask: { readonly where: "input" | "layer" | "last"; readonly layer: number };
}

/** A tagger without label nodes and learnt transitions. */
export const plainTagger = (shape: Pick<TaggerConfig, "encoder" | "tags" | "wordShape">): TaggerConfig => ({
  ...shape,
  crf: false,
  fusion: null,
  prefix: "",
  mask: { where: "input", layer: 0 },
});

/** What one pass over the batch gives. */
export interface WordScores {
  /** Output of every encoder layer [pieces, d]; the first is the embeddings. */
  layers: readonly Tensor[];
  /** h [words, d]: the last layer at each word's first piece. */
  h: Tensor;
  /** Present where the config has label nodes. */
  fused: Fused | undefined;
  /** r [words, d]: what the tag head reads. */
  r: Tensor;
  /** [words, Y]. */
  scores: Tensor;
}

/** Encoder, fusion and linear tag head (METHOD 1, 3). */
export function wordScores(scope: Scope, config: TaggerConfig): WordScores {
  const layers = encode(scope, config.encoder, encoderInputs(scope), config);
  const h = wordVectors(scope, layers);
  const fused = config.fusion ? fuse(scope, config.fusion, h) : undefined;
  const r = fused?.r ?? h;
  return { layers, h, fused, r, scores: tagHead(scope, config, r) };
}

export const wordVectors = (scope: Scope, layers: readonly Tensor[]): Tensor =>
  gather(layers.at(-1)!, scope.graph.input("firstPieces", "i32", ["words"]));

/** Scores of the tags of words h [words, d], through the fusion where there is one. */
export function tagScores(scope: Scope, config: TaggerConfig, h: Tensor): Tensor {
  return tagHead(scope, config, config.fusion ? fuse(scope, config.fusion, h).r : h);
}

/** Dropout and the linear head, from r [words, d]. */
export function tagHead(scope: Scope, { encoder, tags, prefix }: TaggerConfig, r: Tensor): Tensor {
  const dropped = headDropout(scope, encoder, r);
  return linear(scope, dropped, { name: `${prefix}classifier`, group: "head", width: tags });
}

/** Dropout of what a head reads. */
export function headDropout(scope: Scope, encoder: EncoderConfig, x: Tensor): Tensor {
  const rate = encoder.classifier_dropout ?? encoder.hidden_dropout_prob;
  return dropout(x, scope.rate(rate), scope.random());
}

/**
 * Scores of tag after tag, [Y + 1, Y]; the last row is the start. The input `transitions` holds 0 where a tag may follow
 * and a large negative number where it may not; a trained CRF adds what it has learnt.
 */
export function transitionScores(scope: Scope, { tags, crf, prefix }: TaggerConfig): Tensor {
  const shape = [tags + 1, tags];
  const valid = scope.graph.input("transitions", "f32", shape);
  if (!crf) return valid;
  const initialiser = { kind: "constant", value: 0 } as const;
  return add(
    scope.parameter(single(`${prefix}crf.transitions`, shape, { group: "head", decay: false, initialiser })),
    valid,
  );
}
