import { floats, ints, zeros, type NdArray } from "../../lib/graph/nd-array.js";
import { addBias } from "../../lib/graph/ops/add-bias.js";
import { concatColumns } from "../../lib/graph/ops/concat-columns.js";
import { graphMix } from "../../lib/graph/ops/graph-mix.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { multiply } from "../../lib/graph/ops/multiply.js";
import { segmentExpand, segmentMatmul, segmentScores } from "../../lib/graph/ops/segment-products.js";
import { segmentSoftmax } from "../../lib/graph/ops/segment-softmax.js";
import { softmax } from "../../lib/graph/ops/softmax.js";
import { sum } from "../../lib/graph/ops/sum.js";
import type { Tensor } from "../../lib/graph/tensor.js";
import { readGolden } from "../support/golden.js";
import { atEveryLevel } from "../support/engines.js";
import { assertGolden, matrix, runGraph } from "./run-graph.js";

const learnt = ["h", "l", "Wp", "bp", "Wg", "bg", "Wf", "bf"] as const;
type Learnt = (typeof learnt)[number];

interface Case extends Record<Exclude<Learnt, `b${string}`>, number[][]> {
  bp: number[];
  bg: number[];
  bf: number[];
  adjacency_normalised: number[][];
  alpha: number[][];
  u: number[][];
  u_after_gcn: number[][];
  beta: number[][];
  fused: number[][];
  weights_of_sum: number[][];
  gradients: Record<Learnt, number[] | number[][]>;
}

/** METHOD 3.1 to 3.5 with one convolution; every weight multiplies from the right, and scores are not scaled. */
function fuse(x: Record<string, Tensor>): Record<string, Tensor> {
  const labels = Number(x.l!.shape[0]);
  const q = addBias(matmul(x.h!, x.Wp!), x.bp!);
  const alpha = segmentSoftmax(matmul(q, x.l!, { transposeB: true }), x.words!);
  const u = segmentMatmul(alpha, q, x.words!, x.nodes!);
  const afterGcn = addBias(matmul(graphMix(x.adjacency!, u), x.Wg!), x.bg!);
  const beta = softmax(segmentScores(q, afterGcn, x.words!, labels));
  const g = segmentExpand(beta, afterGcn, x.words!);
  const fused = addBias(matmul(concatColumns(x.h!, g), x.Wf!), x.bf!);
  return { alpha, u, u_after_gcn: afterGcn, beta, fused, loss: sum(multiply(fused, x.weights!)) };
}

/** The same sentence `sentences` times, laid end to end. */
function packed(example: Case, sentences: number): Record<string, NdArray> {
  const [words, labels] = [example.h.length, example.l.length];
  const repeated = (rows: number[][]) => matrix(Array.from({ length: sentences }, () => rows).flat());
  const parameters = (["l", "Wp", "Wg", "Wf"] as const).map((name) => [name, matrix(example[name])] as const);
  const biases = (["bp", "bg", "bf"] as const).map(
    (name) => [name, floats([example[name].length], example[name])] as const,
  );
  const ranges = Array.from({ length: sentences }, (_, s) => [s * words, words]).flat();
  return {
    h: repeated(example.h),
    ...Object.fromEntries([...parameters, ...biases]),
    adjacency: matrix(example.adjacency_normalised),
    weights: repeated(example.weights_of_sum),
    words: ints([sentences, 2], ranges),
    nodes: zeros("f32", [sentences * labels, 1]),
  };
}

const transposed = (rows: number[][]): number[][] => rows[0]!.map((_, j) => rows.map((row) => row[j]!));

describe("fusion of words and labels against PyTorch", () => {
  atEveryLevel((engine) => {
    for (const example of readGolden<{ cases: Case[] }>("fusion.json").cases)
      for (const sentences of [1, 3])
        it(`${sentences} × ${example.h.length} words, ${example.l.length} labels: values and gradients`, async () => {
          const results = await runGraph(engine, packed(example, sentences), fuse);
          const each = (values: number[][]) => Array.from({ length: sentences }, () => values.flat()).flat();
          assertGolden(results, "alpha", each(transposed(example.alpha)));
          for (const name of ["u", "u_after_gcn", "beta", "fused"] as const)
            assertGolden(results, name, each(example[name]));
          for (const name of learnt) {
            const gradient = example.gradients[name].flat();
            const expected = name === "h" ? each([gradient]) : gradient.map((value) => sentences * value);
            assertGolden(results, `gradient.${name}`, expected);
          }
        });
  });
});
