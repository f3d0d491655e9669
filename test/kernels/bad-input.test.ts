import assert from "node:assert/strict";
import type { ErrorCode } from "../../lib/errors.js";
import { counterfactualEffect, fuse, gcn, gromovWasserstein, sinkhorn } from "../../lib/kernels.js";

const filled = (length: number, value = 1) => new Float32Array(length).fill(value);
const affine = (outputs: number, inputs: number) => ({
  weight: filled(outputs * inputs),
  bias: filled(outputs),
});

const transport = { cost: filled(6), n: 2, m: 3 };
const pair = { source: filled(4), target: filled(9), n: 2, m: 3 };
const graph = { features: filled(12), edges: filled(9), nodes: 3, width: 4, layers: [affine(5, 4)] };
const scores = { factual: filled(6), counterfactual: filled(6), tags: 3 };
const fusion = {
  words: filled(20),
  sentences: Int32Array.of(2, 3),
  labels: filled(8),
  edges: filled(4),
  width: 4,
  projection: affine(4, 4),
  layers: [affine(4, 4)],
  combination: affine(6, 8),
};

/** What is wrong, the call, and the error that must name it. */
// prettier-ignore
const cases: [string, () => Promise<unknown>, ErrorCode, RegExp][] = [
  ["a cost of NaN", () => sinkhorn({ ...transport, cost: Float32Array.of(1, 2, NaN, 4, 5, 6) }), "INVALID_OPTION", /sinkhorn: cost .* NaN at index 2/],
  ["an infinite cost", () => sinkhorn({ ...transport, cost: filled(6, -Infinity) }), "INVALID_OPTION", /-Infinity at index 0/],
  ["half a problem", () => sinkhorn({ ...transport, cost: filled(9) }), "SHAPE_MISMATCH", /a multiple of 6 entries \(n 2 × m 3\), received 9/],
  ["no problem", () => sinkhorn({ ...transport, cost: filled(0) }), "SHAPE_MISMATCH", /received 0/],
  ["marginals of another batch", () => sinkhorn({ ...transport, p: filled(4, 0.5) }), "SHAPE_MISMATCH", /p has the wrong size; expected 2 entries \(problems 1 × nodes 2\), received 4/],
  ["marginals that do not sum to one", () => sinkhorn({ ...transport, q: filled(3, 0.5) }), "INVALID_OPTION", /q does not sum to one; .* received 1.5 in problem 0/],
  ["a negative weight", () => sinkhorn({ ...transport, p: Float32Array.of(1.5, -0.5) }), "INVALID_OPTION", /p must not be negative; received -0.5 at index 1/],
  ["a weight of NaN", () => sinkhorn({ ...transport, p: Float32Array.of(NaN, 1) }), "INVALID_OPTION", /p has an entry that is no finite number/],
  ["no nodes", () => sinkhorn({ ...transport, n: 0 }), "INVALID_OPTION", /sinkhorn option n:/],
  ["an ε of 0", () => sinkhorn({ ...transport, epsilon: 0 }), "INVALID_OPTION", /option epsilon/],
  ["an array of numbers", () => sinkhorn({ ...transport, cost: [1, 2] as unknown as Float32Array }), "INVALID_OPTION", /option cost: .*Float32Array/],
  ["an unknown option", () => sinkhorn({ ...transport, regularisation: 1 } as typeof transport), "INVALID_OPTION", /regularisation/],
  ["a distance of NaN", () => gromovWasserstein({ ...pair, target: filled(9, NaN) }), "INVALID_OPTION", /gromovWasserstein: target .* NaN at index 0/],
  ["a graph that is not square", () => gromovWasserstein({ ...pair, source: filled(6) }), "SHAPE_MISMATCH", /source has the wrong size/],
  ["graphs of two batches", () => gromovWasserstein({ ...pair, target: filled(18) }), "SHAPE_MISMATCH", /target has the wrong size; expected 9 entries \(problems 1 × m 3 × m 3\), received 18/],
  ["an unknown method", () => gromovWasserstein({ ...pair, method: "exact" as "proximal" }), "INVALID_OPTION", /option method/],
  ["features of NaN", () => gcn({ ...graph, features: filled(12, NaN) }), "INVALID_OPTION", /features/],
  ["a negative edge", () => gcn({ ...graph, edges: filled(9, -1) }), "INVALID_OPTION", /edges must not be negative/],
  ["edges of another graph", () => gcn({ ...graph, edges: filled(4) }), "SHAPE_MISMATCH", /edges/],
  ["no layer", () => gcn({ ...graph, layers: [] }), "INVALID_OPTION", /option layers/],
  ["a layer for another width", () => gcn({ ...graph, layers: [affine(5, 4), affine(2, 4)] }), "SHAPE_MISMATCH", /layers\[1\].weight/],
  ["a residual layer that changes the width", () => gcn({ ...graph, layers: [{ ...affine(5, 4), residual: true }] }), "SHAPE_MISMATCH", /residual/],
  ["no labels", () => fuse({ ...fusion, labels: filled(0), edges: filled(0) }), "SHAPE_MISMATCH", /labels .*received 0/],
  ["sentences of other words", () => fuse({ ...fusion, sentences: Int32Array.of(2, 2) }), "SHAPE_MISMATCH", /sentences .* the sum 5, received the sum 4/],
  ["a sentence of negative length", () => fuse({ ...fusion, sentences: Int32Array.of(6, -1) }), "SHAPE_MISMATCH", /the smallest -1/],
  ["a projection that changes the width", () => fuse({ ...fusion, projection: affine(3, 4) }), "SHAPE_MISMATCH", /projection has the wrong number of outputs/],
  ["a combination of one part only", () => fuse({ ...fusion, combination: affine(4, 4) }), "SHAPE_MISMATCH", /combination.weight/],
  ["scores of two batches", () => counterfactualEffect({ ...scores, counterfactual: filled(9) }), "SHAPE_MISMATCH", /counterfactual has the wrong size/],
  ["a τ above 1", () => counterfactualEffect({ ...scores, tau: 2 }), "INVALID_OPTION", /option tau/],
  ["a device that there is not", () => counterfactualEffect(scores, { device: "tpu" as "cpu" }), "INVALID_OPTION", /option device/],
];

describe("cdlm/kernels: bad input", () => {
  for (const [what, call, code, message] of cases)
    it(`refuses ${what}`, () => assert.rejects(call, { name: "CdlmError", code, message }));

  it("takes the same arguments without the mistake", async () => {
    await Promise.all([sinkhorn(transport), gromovWasserstein(pair), gcn(graph), fuse(fusion), counterfactualEffect(scores)]); // prettier-ignore
  });

  it("rejects with the reason of an aborted signal", async () => {
    const reason = new Error("enough");
    await assert.rejects(sinkhorn(transport, { signal: AbortSignal.abort(reason) }), reason);
  });
});
