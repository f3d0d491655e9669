import assert from "node:assert/strict";
import { ints } from "../../lib/graph/nd-array.js";
import { fill } from "../../lib/graph/ops/fill.js";
import { groupMean } from "../../lib/graph/ops/group-mean.js";
import { movingAverage } from "../../lib/graph/ops/moving-average.js";
import { normalisedAdjacency } from "../../lib/graph/ops/normalised-adjacency.js";
import { offDiagonalNormalise } from "../../lib/graph/ops/off-diagonal-normalise.js";
import { pairwiseDistance } from "../../lib/graph/ops/pairwise-distance.js";
import { scale } from "../../lib/graph/ops/scale.js";
import { softmax } from "../../lib/graph/ops/softmax.js";
import { labelNodes, nodesOf, SoftMeans } from "../../lib/model/label-nodes.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { atEveryLevel } from "../support/engines.js";
import { readGolden } from "../support/golden.js";
import { assertGolden, matrix, runGraph } from "./run-graph.js";

interface Losses {
  label_graph: { logits: number[][]; gold: number[]; labels: number; nodes: number[][] };
}
interface Fusion {
  cases: { vectors: number[][]; distances: number[][]; adjacency_normalised: number[][] }[];
}

describe("label graph", () => {
  it("a type's node is the mean over its words, whether they begin a mention or go on with one", () => {
    const nodes = labelNodes(new TagSet(["a", "b"]), "types");
    const scores = [0, 2, 4, 6, 8].map((score) => [score, 0]);
    const means = new SoftMeans(nodes.count, 2, 2);
    means.add(Float32Array.from(scores.flat()), nodesOf(Int32Array.of(0, 1, 2, 2, -1), nodes)); // O B-a I-a I-a
    const first = (score: number) => 1 / (1 + Math.exp(-score / 2));
    const expected = [first(0), (first(2) + first(4) + first(6)) / 3, 0.5]; // no word of type b
    const actual = means.means().map(([value]) => value!);
    actual.forEach((value, node) => assert.ok(Math.abs(value - expected[node]!) < 1e-12, `node ${node}`));
  });

  atEveryLevel((engine) => {
    it("takes nodes from soft predictions, the uniform vector for labels without words", async () => {
      const { logits, gold, labels, nodes } = readGolden<Losses>("losses.json").label_graph;
      const tags = logits[0]!.length;
      const inputs = { logits: matrix(logits), gold: ints([gold.length], gold) };
      const results = await runGraph(engine, inputs, ({ logits: z, gold: y }) => {
        const soft = softmax(scale(z!, fill(z!.graph, [1], 0.25)));
        const { means, counts } = groupMean(soft, y!, labels);
        const uniform = fill(z!.graph, [labels, tags], 1 / tags);
        return { nodes: movingAverage(uniform, means, counts, fill(z!.graph, [1], 0)) };
      });
      assertGolden(results, "nodes", nodes.flat());
    });

    readGolden<Fusion>("fusion.json").cases.forEach(({ vectors, distances, adjacency_normalised }) =>
      it(`joins ${vectors.length} labels by their distances`, async () => {
        const results = await runGraph(engine, { vectors: matrix(vectors) }, ({ vectors: v }) => {
          const delta = offDiagonalNormalise(pairwiseDistance(v!));
          return { delta, adjacency: normalisedAdjacency(delta, 1.5) };
        });
        // PyTorch takes the distances of more than 25 rows from a matrix product, in which digits cancel.
        const tolerance = vectors.length > 25 ? 1e-7 : 1e-10;
        assertGolden(results, "delta", distances.flat(), tolerance);
        assertGolden(results, "adjacency", adjacency_normalised.flat(), tolerance);
      }),
    );
  });
});
