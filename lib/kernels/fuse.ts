import { z } from "zod";
import { CdlmError } from "../errors.js";
import { concatColumns } from "../graph/ops/concat-columns.js";
import { fill } from "../graph/ops/fill.js";
import { matmul } from "../graph/ops/matmul.js";
import { scale } from "../graph/ops/scale.js";
import { segmentExpand, segmentMatmul, segmentScores } from "../graph/ops/segment-products.js";
import { segmentSoftmax } from "../graph/ops/segment-softmax.js";
import { softmax } from "../graph/ops/softmax.js";
import type { Graph, Tensor } from "../graph/tensor.js";
import { parseOptions } from "../options.js";
import { batchOf, checkFinite, count, floatArray, intArray, positive } from "./checks.js";
import { affine, affineSchema, convolutionSchema, convolve, givenAdjacency, givenAffine, givenConvolutions, type Convolution } from "./convolution.js"; // prettier-ignore
import { runKernel, type Given, type KernelOptions } from "./run.js";

const problemSchema = z.strictObject({
  /** Features h of all words, sentence after sentence, [words, width]. */
  words: floatArray,
  /** How many words each sentence has, [sentences]. */
  sentences: intArray,
  /** Features l of the labels, [labels, width]. */
  labels: floatArray,
  /** Edge weights A ≥ 0 between labels, [labels, labels], without self-loops. */
  edges: floatArray,
  width: count,
  /** W_p, b_p: q = W_p h + b_p, width → width. */
  projection: affineSchema,
  /** W_g, b_g: convolutions of the labels' nodes, width → width each. */
  layers: z.array(convolutionSchema).min(1),
  /** W_f, b_f: r = W_f [h ; g] + b_f, 2 · width → any. */
  combination: affineSchema,
  /** Of the scores q·l before each softmax; default: 1 / √width. */
  scoreScale: positive.optional(),
});

export type FusionProblem = z.input<typeof problemSchema>;

export interface FusionResult {
  /** Fused words r, [words, outputs of the combination]. */
  fused: Float32Array;
  /** Nodes u' of every sentence after the convolutions, [sentences, labels, width]. */
  nodes: Float32Array;
  /** α: how much each word of a sentence gives to a label, [words, labels]; columns of a sentence sum to 1. */
  wordWeights: Float32Array;
  /** β: how much each label gives to a word, [words, labels]; rows sum to 1. */
  labelWeights: Float32Array;
}

type Problem = z.output<typeof problemSchema>;

/**
 * Fuses words with the semantics of labels (METHOD 3.1 to 3.5): label-guided attention over the words of each sentence,
 * graph convolution over labels, token-guided attention over labels, concatenation. Throws INVALID_OPTION where an entry
 * is not finite or an edge negative, SHAPE_MISMATCH where sizes do not fit or there is no label.
 */
export async function fuse(problem: FusionProblem, options: KernelOptions = {}): Promise<FusionResult> {
  const parsed = parseOptions(problemSchema, problem, "fuse");
  const { layers, width, scoreScale = 1 / Math.sqrt(width) } = parsed;
  const given = givenArrays(parsed);
  return runKernel(given, options, (x, graph) => fusion(x, graph, layers, scoreScale));
}

function givenArrays({ words: h, sentences, labels: l, ...rest }: Problem): Record<string, Given> {
  const { width, edges, projection, layers, combination } = rest;
  const labels = batchOf("fuse", "labels", l, ["width", width]);
  const words = batchOf("fuse", "words", h, ["width", width]);
  checkFinite("fuse", { words: h, labels: l });
  checkOutputs("projection", projection.bias.length, width);
  const convolutions = givenConvolutions("fuse", layers, width);
  checkOutputs("the last layer", convolutions.width, width);
  return {
    words: { data: h, shape: [words, width] },
    ranges: { data: rangesOf(sentences, words), shape: [sentences.length, 2] },
    // One entry per node of every sentence; nothing but their number counts.
    nodes: { data: new Int32Array(sentences.length * labels), shape: [sentences.length * labels] },
    labels: { data: l, shape: [labels, width] },
    adjacency: givenAdjacency("fuse", edges, labels),
    ...givenAffine("fuse", "projection", projection, width),
    ...convolutions.given,
    ...givenAffine("fuse", "combination", combination, 2 * width),
  };
}

function checkOutputs(name: string, outputs: number, width: number): void {
  if (outputs === width) return;
  throw new CdlmError("SHAPE_MISMATCH", `fuse: ${name} has the wrong number of outputs`, {
    expected: `width ${width}`,
    received: String(outputs),
  });
}

/** First word and number of words of every sentence, from the numbers of words. */
function rangesOf(sentences: Int32Array, words: number): Int32Array {
  let first = 0;
  const ranges = Int32Array.from({ length: 2 * sentences.length }, (_, k) => {
    const length = sentences[k >> 1]!;
    if (k % 2 === 0) return first;
    first += length;
    return length;
  });
  if (first === words && sentences.every((length) => length >= 0)) return ranges;
  throw new CdlmError("SHAPE_MISMATCH", "fuse: sentences do not fit the words", {
    expected: `numbers ≥ 0 with the sum ${words}`,
    received: `the sum ${first}, the smallest ${sentences.reduce((a, b) => Math.min(a, b))}`,
  });
}

function fusion(x: Record<string, Tensor>, graph: Graph, layers: readonly Convolution[], scoreScale: number) {
  const factor = fill(graph, [1], scoreScale);
  const labels = Number(x.labels!.shape[0]);
  const q = affine(x, "projection", x.words!);
  const wordWeights = segmentSoftmax(scale(matmul(q, x.labels!, { transposeB: true }), factor), x.ranges!);
  const nodes = convolve(x, layers, segmentMatmul(wordWeights, q, x.ranges!, x.nodes!));
  const labelWeights = softmax(scale(segmentScores(q, nodes, x.ranges!, labels), factor));
  const g = segmentExpand(labelWeights, nodes, x.ranges!);
  const fused = affine(x, "combination", concatColumns(x.words!, g));
  return { fused, nodes, wordWeights, labelWeights };
}
