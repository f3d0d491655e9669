import { add } from "../graph/ops/add.js";
import { concatColumns } from "../graph/ops/concat-columns.js";
import { fill } from "../graph/ops/fill.js";
import { gelu } from "../graph/ops/gelu.js";
import { graphMix } from "../graph/ops/graph-mix.js";
import { scale } from "../graph/ops/scale.js";
import { segmentExpand, segmentMatmul, segmentScores } from "../graph/ops/segment-products.js";
import { segmentSoftmax } from "../graph/ops/segment-softmax.js";
import { softmax } from "../graph/ops/softmax.js";
import type { Tensor } from "../graph/tensor.js";
import { linear } from "../nn/linear.js";
import { single, type Scope } from "../nn/scope.js";
import { matmul } from "../graph/ops/matmul.js";

/** How words and label nodes exchange what they know (METHOD 3). */
export interface FusionConfig {
  /** L: label nodes. */
  readonly labels: number;
  readonly form: "none" | "concat" | "add";
  /** Graph convolutions, 1 or 2. */
  readonly layers: number;
  readonly residual: boolean;
  readonly activation: boolean;
  /** Words that are known to cause a label join its node (METHOD 6.5); in training only. */
  readonly causeEdges?: boolean;
}

export interface Fused {
  /** r [words, d]; h itself where the form is "none". */
  r: Tensor;
  /** Scores of label-guided attention q·l / √d [words, L], before its softmax. */
  attention: Tensor;
  /** u' [sentences · L, d]: node i of sentence s is row s · L + i. */
  nodes: Tensor;
}

/** Names of the parameters and the state that training fills from data before its first step. */
export const labelVectors = "fusion.labels";
export const adjacency = "label_graph.adjacency";

/**
 * Label-guided attention, graph convolution over the label graph, token-guided attention and the fused words r, from
 * h [words, d]. Starts as the identity: r = h.
 */
export function fuse(scope: Scope, config: FusionConfig, h: Tensor): Fused {
  const { labels } = config;
  const [d, words] = [Number(h.shape[1]), wordRanges(scope)];
  const l = scope.parameter(single(labelVectors, [labels, d], { group: "fusion", decay: true, initialiser: { kind: "constant", value: 0 } })); // prettier-ignore
  const perRootD = (x: Tensor) => scale(x, fill(scope.graph, [1], 1 / Math.sqrt(d)));
  const q = identityLinear(scope, h, "fusion.project", d);
  const attention = perRootD(matmul(q, l, { transposeB: true }));
  let u = segmentMatmul(segmentSoftmax(attention, words), q, words, nodeIds(scope));
  if (config.causeEdges) u = add(u, segmentMatmul(causeEdges(scope, labels), q, words, nodeIds(scope)));
  for (let layer = 0; layer < config.layers; layer++) u = convolve(scope, config, u, layer);
  if (config.form === "none") return { r: h, attention, nodes: u };
  const beta = softmax(perRootD(segmentScores(q, u, words, labels)));
  return { r: joined(scope, config.form, h, segmentExpand(beta, u, words)), attention, nodes: u };
}

/** U' = Â U W_g + b_g (Kipf and Welling 2017), with the residual and the non-linearity of the config. */
function convolve(scope: Scope, config: FusionConfig, u: Tensor, layer: number): Tensor {
  const normalised = scope.state(adjacency, [config.labels, config.labels]);
  const mixed = identityLinear(scope, graphMix(normalised, u), `fusion.gcn.${layer}`, Number(u.shape[1]));
  const next = config.activation ? gelu(mixed) : mixed;
  return config.residual ? add(u, next) : next;
}

/** r = W_f [h ; g] + b_f, or h + W_f g + b_f; W_f starts as [identity, 0], or 0. */
function joined(scope: Scope, form: "concat" | "add", h: Tensor, g: Tensor): Tensor {
  const width = Number(h.shape[1]);
  const options = { name: "fusion.output", group: "fusion", width } as const;
  if (form === "concat")
    return linear(scope, concatColumns(h, g), { ...options, initialiser: { kind: "identity" } });
  return add(h, linear(scope, g, { ...options, initialiser: { kind: "constant", value: 0 } }));
}

const identityLinear = (scope: Scope, x: Tensor, name: string, width: number): Tensor =>
  linear(scope, x, { name, group: "fusion", width, initialiser: { kind: "identity" } });

/** First word and number of words of each sentence. */
export const wordRanges = (scope: Scope): Tensor => scope.graph.input("words", "i32", ["sentences", 2]);

/** Share of each word among the causes of each label in its sentence. */
const causeEdges = (scope: Scope, labels: number): Tensor =>
  scope.graph.input("causeEdges", "f32", ["words", labels]);

/** Node of every row of the nodes of all sentences, 0 … L - 1, again and again. */
export const nodeIds = (scope: Scope): Tensor => scope.graph.input("nodeIds", "i32", ["nodes"]);
