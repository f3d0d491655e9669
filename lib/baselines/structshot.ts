import { loadDataset } from "../data/dataset.js";
import { softmaxOf } from "../graph/ops/softmax.js";
import { viterbi } from "../graph/ops/viterbi.js";
import { Graph } from "../graph/tensor.js";
import { rangesOf } from "../model/end-to-end.js";
import type { Engine } from "../native/engine.js";
import { abstractCounts, targetTransitions } from "./abstract-transitions.js";
import { nearestNeighbours, type Decoder } from "./nnshot.js";
import type { System } from "./system.js";

/** ρ: how much the source's transitions count. */
const rho = 0.05;

/** StructShot (Yang and Katiyar 2020): NNShot's scores, and what follows what in the source (METHOD 9). */
export const structshot: System = {
  title: "StructShot",
  trainingOptions: () => undefined,
  run: (request) =>
    nearestNeighbours(request, async ({ engine }, types) => {
      const { train } = await loadDataset(request.sourceData);
      const counts = abstractCounts(train.map(({ tags }) => tags));
      return sequenceDecoder(engine, targetTransitions(counts, types.length, rho), types.length + 1);
    }),
};

/**
 * The best sequence by the words' softmax over their scores and the transitions.
 * @param transitions log-probabilities [tags + 1, tags], the last row of the start
 */
export function sequenceDecoder(engine: Engine, transitions: Float32Array, tags: number): Decoder {
  const graph = new Graph();
  const best = viterbi(
    graph.input("scores", "f32", ["words", tags]),
    graph.input("transitions", "f32", [tags + 1, tags]),
    graph.input("sentences", "i32", ["sentences", 2]),
  );
  const program = engine.program({ outputs: { best } });
  return async (sentences) => {
    const scores = Float32Array.from(sentences.flat().flatMap((row) => [...softmaxOf(row).map(Math.log)]));
    const ranges = rangesOf(sentences.map(({ length }) => length));
    const { best } = await program.run({ scores, transitions, sentences: ranges });
    let word = 0;
    return sentences.map(({ length }) => [...best!.subarray(word, (word += length))]);
  };
}
