import { evaluationBatches } from "../data/batching.js";
import { batchInputs } from "../model/batch-inputs.js";
import { goldOf, packPassages, type Passage } from "../model/passages.js";
import type { TaggerModel } from "../model/tagger-model.js";

const batchPieces = 2048;

/** Scores and vectors of all words, batch by batch, with their tags (-1 where a passage has none). */
export async function* analysed(model: TaggerModel, passages: readonly Passage[], signal?: AbortSignal) {
  const lengths = passages.map(({ pieces }) => pieces);
  for (const indices of evaluationBatches(lengths, { pieces: batchPieces })) {
    const batch = indices.map((index) => passages[index]!);
    const packed = packPassages(batch, model);
    const results = await model.program("analysis").run(batchInputs(packed, model), { signal });
    const { scores, vectors } = results as Record<"scores" | "vectors", Float32Array>;
    const gold = goldOf(batch) ?? new Int32Array(packed.firstPieces.length).fill(-1);
    yield { batch, scores, vectors, gold };
  }
}
