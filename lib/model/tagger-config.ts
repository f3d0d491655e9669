import { CdlmError } from "../errors.js";
import type { TagSet } from "../text/tag-set.js";
import type { ModelOptions } from "./cdlm-file.js";
import type { EncoderConfig } from "./encoder-config.js";
import { labelNodes, type LabelNodes } from "./label-nodes.js";
import { readsLabels, type Objective } from "./objective.js";
import type { TaggerConfig } from "./word-scores.js";

/** The shape of the graphs of a model's options, and its label nodes where it has any. */
export function taggerConfig(
  encoder: EncoderConfig,
  tagSet: TagSet,
  { wordShape, decoding, fusion, counterfactual: { mask, layer } }: ModelOptions,
): { config: TaggerConfig; nodes: LabelNodes | undefined } {
  const nodes = fusion ? labelNodes(tagSet, fusion.nodes) : undefined;
  if (mask === "layer" && layer >= encoder.num_hidden_layers)
    throw new CdlmError("INVALID_OPTION", "the mask acts behind a layer that is not there or is the last", {
      expected: `layer 1 to ${encoder.num_hidden_layers - 1}`,
      received: String(layer),
      hint: 'explicit.mask "last" takes entities away from the last vectors',
    });
  const config = {
    encoder,
    tags: tagSet.size,
    wordShape,
    crf: decoding === "crf",
    fusion: fusion && nodes ? { ...fusion, labels: nodes.count } : null,
    prefix: "" as const,
    mask: { where: mask, layer },
  };
  return { config, nodes };
}

/** The same for training, where words that cause labels may be known. */
export const trainingConfig = (config: TaggerConfig, { causes }: Objective): TaggerConfig =>
  config.fusion ? { ...config, fusion: { ...config.fusion, causeEdges: causes.edges } } : config;

/** What an objective asks of the model that it trains. */
export function modelOptionsOf(objective: Objective): Pick<ModelOptions, "fusion" | "counterfactual"> {
  const { fusion, labelGraph, explicit, tau } = objective;
  return {
    fusion: readsLabels(objective) ? { ...fusion, nodes: labelGraph.nodes } : null,
    counterfactual: { mask: explicit.mask, layer: explicit.layer, tau: tau === "dev" ? 0 : tau },
  };
}
