import { z } from "zod";
import { parseOptions } from "../options.js";
import { batchOf, checkFinite, count, floatArray } from "./checks.js";
import { convolutionSchema, convolve, givenAdjacency, givenConvolutions } from "./convolution.js";
import { runKernel, type KernelOptions } from "./run.js";

const problemSchema = z.strictObject({
  /** Features of the nodes of each graph of the batch, [graphs, nodes, width]. */
  features: floatArray,
  /** Edge weights A ≥ 0 that all graphs share, [nodes, nodes], without self-loops: those are added, with weight 1. */
  edges: floatArray,
  nodes: count,
  /** Features of a node. */
  width: count,
  /** One after another; the inputs of a layer are the outputs of the one before. */
  layers: z.array(convolutionSchema).min(1),
});

export type GcnProblem = z.input<typeof problemSchema>;

/**
 * Graph convolutions Â U Wᵀ + b with Â = S^-½ (A + I) S^-½ (METHOD 3.3), [graphs, nodes, outputs of the last layer].
 * Throws INVALID_OPTION where an entry is not finite or an edge negative, SHAPE_MISMATCH where sizes do not fit.
 */
export async function gcn(problem: GcnProblem, options: KernelOptions = {}): Promise<Float32Array> {
  const { features, edges, nodes, width, layers } = parseOptions(problemSchema, problem, "gcn");
  const graphs = batchOf("gcn", "features", features, ["nodes", nodes], ["width", width]);
  checkFinite("gcn", { features });
  const given = {
    features: { data: features, shape: [graphs * nodes, width] },
    adjacency: givenAdjacency("gcn", edges, nodes),
    ...givenConvolutions("gcn", layers, width).given,
  };
  const { y } = await runKernel(given, options, (x) => ({ y: convolve(x, layers, x.features!) }));
  return y;
}
