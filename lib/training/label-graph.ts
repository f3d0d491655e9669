import { elements } from "../graph/nd-array.js";
import { normalisedAdjacency } from "../graph/ops/normalised-adjacency.js";
import { offDiagonalNormalise } from "../graph/ops/off-diagonal-normalise.js";
import { pairwiseDistance } from "../graph/ops/pairwise-distance.js";
import { Graph } from "../graph/tensor.js";
import { adjacency, labelVectors } from "../model/fusion.js";
import { writeFloats } from "../model/initialise.js";
import { collapsed, nodesOf, SoftMeans } from "../model/label-nodes.js";
import { sourceDistances, targetNodes } from "../model/losses/alignment.js";
import { cutSentence, type Passage } from "../model/passages.js";
import type { Engine } from "../native/engine.js";
import type { TaggerModel } from "../model/tagger-model.js";
import { labelWords } from "../text/label-words.js";
import { analysed } from "./analysed.js";

/**
 * Fills what a method with label nodes starts from, before its first step: the labels' vectors from their names, the
 * source's view of the target's labels and its graph, and the average of the target's own view, from a full pass
 * (METHOD 2, 3.7).
 * @param source trained on the source; its tags are the space in which labels are compared
 * @param passages the target's training data
 */
export async function prepareLabelGraph(
  model: TaggerModel,
  source: TaggerModel,
  passages: readonly Passage[],
  signal?: AbortSignal,
): Promise<void> {
  const { engine, objective } = model;
  const nodes = model.nodes!;
  const { temperature, delta } = objective!.labelGraph;
  const defined = new Set([...model.parameters, ...model.states].map(({ name }) => name));
  if (defined.has(labelVectors)) await writeFloats(engine, labelVectors, await nameVectors(model, nodes.types, signal)); // prettier-ignore

  const view = new SoftMeans(nodes.count, source.tagSet.size, temperature);
  for await (const { scores, gold } of analysed(source, passages, signal)) view.add(scores, nodesOf(gold, nodes)); // prettier-ignore
  const graph = await labelViews(engine, view.means(), delta);
  if (defined.has(adjacency)) await writeFloats(engine, adjacency, graph.adjacency);
  if (defined.has(sourceDistances)) await writeFloats(engine, sourceDistances, graph.distances);

  if (!defined.has(targetNodes)) return;
  const own = new SoftMeans(nodes.count, model.tagSet.size, temperature);
  for await (const { scores, gold } of analysed(model, passages, signal)) own.add(scores, nodesOf(gold, nodes)); // prettier-ignore
  await writeFloats(engine, targetNodes, flat(own.means().map((row) => collapsed(row, nodes))));
}

/** Distances Δ and normalised adjacency Â of label vectors [L, Ys] (METHOD 2.3), each [L, L]. */
export async function labelViews(engine: Engine, vectors: readonly Float64Array[], delta: number) {
  const graph = new Graph();
  const nodes = graph.input("nodes", "f32", [vectors.length, vectors[0]!.length]);
  const distances = offDiagonalNormalise(pairwiseDistance(nodes));
  const program = engine.program({
    outputs: { distances, adjacency: normalisedAdjacency(distances, delta) },
  });
  try {
    return (await program.run({ nodes: flat(vectors) })) as Record<"distances" | "adjacency", Float32Array>;
  } finally {
    await program.dispose();
  }
}

/** The encoder's own embedding of each label's name: the mean over its words, [L · d]. O is called "other". */
export async function nameVectors(
  model: TaggerModel,
  types: readonly (string | undefined)[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { tokenizer, config } = model;
  const isKnown = (word: string) => {
    const ids = tokenizer.piecesOfWord(word);
    return ids.length === 1 && ids[0] !== tokenizer.unkId;
  };
  const names = types.map((type) => (type === undefined ? ["other"] : labelWords(type, isKnown)));
  const passages = names.map((words, k) => cutSentence(k, { words }, model).passages[0]!);
  const d = config.hidden_size;
  const means = new Float32Array(elements([names.length, d]));
  for await (const { batch, vectors } of analysed(model, passages, signal)) {
    let word = 0;
    for (const { sentence, words } of batch) {
      words.forEach((_, k) => {
        for (let c = 0; c < d; c++) means[sentence * d + c]! += vectors[(word + k) * d + c]! / words.length;
      });
      word += words.length;
    }
  }
  return means;
}

const flat = (rows: readonly Float64Array[]): Float32Array =>
  Float32Array.from(rows.flatMap((row) => [...row]));
