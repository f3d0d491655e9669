import { z } from "zod";
import { add } from "../graph/ops/add.js";
import { addBias } from "../graph/ops/add-bias.js";
import { gelu } from "../graph/ops/gelu.js";
import { graphMix } from "../graph/ops/graph-mix.js";
import { matmul } from "../graph/ops/matmul.js";
import type { Tensor } from "../graph/tensor.js";
import { checkFinite, checkLength, checkNotNegative, floatArray } from "./checks.js";
import type { Given } from "./run.js";

/** An affine map x Wᵀ + b, as PyTorch's linear layer keeps it. */
export const affineSchema = z.strictObject({
  /** W, [outputs, inputs]. */
  weight: floatArray,
  /** b, [outputs]. */
  bias: floatArray,
});

/** A graph convolution act(Â U Wᵀ + b), plus U where it is residual. */
export const convolutionSchema = affineSchema.extend({
  activation: z.enum(["none", "gelu"]).default("none"),
  /** Adds the layer's input to its output; the width must not change. */
  residual: z.boolean().default(false),
});

export type Affine = z.output<typeof affineSchema>;
export type Convolution = z.output<typeof convolutionSchema>;

/** The arrays of an affine map as inputs `<name>.weight` and `<name>.bias`. Its outputs are as many as its biases. */
export function givenAffine(
  kernel: string,
  name: string,
  { weight, bias }: Affine,
  inputs: number,
): Record<string, Given> {
  checkLength(kernel, `${name}.weight`, weight, ["outputs", bias.length], ["inputs", inputs]);
  checkFinite(kernel, { [`${name}.weight`]: weight, [`${name}.bias`]: bias });
  return {
    [`${name}.weight`]: { data: weight, shape: [bias.length, inputs] },
    [`${name}.bias`]: { data: bias, shape: [bias.length] },
  };
}

export const affine = (x: Record<string, Tensor>, name: string, input: Tensor): Tensor =>
  addBias(matmul(input, x[`${name}.weight`]!, { transposeB: true }), x[`${name}.bias`]!);

/** The arrays of all layers, and the width of what the last one gives. */
export function givenConvolutions(
  kernel: string,
  layers: readonly Convolution[],
  width: number,
): { given: Record<string, Given>; width: number } {
  let given: Record<string, Given> = {};
  for (const [k, layer] of layers.entries()) {
    const name = `layers[${k}]`;
    given = { ...given, ...givenAffine(kernel, name, layer, width) };
    if (layer.residual) checkLength(kernel, `${name}.bias of a residual layer`, layer.bias, ["width", width]);
    width = layer.bias.length;
  }
  return { given, width };
}

/** U after all layers. `x.adjacency` [L, L] is Â; nodes: [B · L, width]. */
export function convolve(x: Record<string, Tensor>, layers: readonly Convolution[], nodes: Tensor): Tensor {
  return layers.reduce((u, { activation, residual }, k) => {
    const z = affine(x, `layers[${k}]`, graphMix(x.adjacency!, u));
    const y = activation === "gelu" ? gelu(z) : z;
    return residual ? add(y, u) : y;
  }, nodes);
}

/** Â = S^-½ (A + I) S^-½ of edges A [nodes, nodes] ≥ 0, S the row sums of A + I (Kipf and Welling 2017; METHOD 3). */
export function givenAdjacency(kernel: string, edges: Float32Array, nodes: number): Given {
  checkLength(kernel, "edges", edges, ["nodes", nodes], ["nodes", nodes]);
  checkFinite(kernel, { edges });
  checkNotNegative(kernel, "edges", edges);
  const loops = Float64Array.from(edges, (weight, k) => weight + Number(k % (nodes + 1) === 0));
  const degrees = Float64Array.from({ length: nodes }, (_, i) =>
    loops.subarray(i * nodes, (i + 1) * nodes).reduce((a, b) => a + b, 0),
  );
  const data = Float32Array.from(
    loops,
    (weight, k) => weight / Math.sqrt(degrees[Math.floor(k / nodes)]! * degrees[k % nodes]!),
  );
  return { data, shape: [nodes, nodes] };
}
