import type { NativeTensors } from "../native/contract.js";
import type { PackedBatch } from "../text/packing.js";
import { validTransitions, type TagSet } from "../text/tag-set.js";
import type { ModelOptions } from "./cdlm-file.js";
import type { LabelNodes } from "./label-nodes.js";
import { nodeIdsOf } from "./training-inputs.js";

/** What every graph of a tagger reads of a packed batch. */
export function batchInputs(
  packed: PackedBatch,
  model: { tagSet: TagSet; options: Pick<ModelOptions, "decoding">; nodes: LabelNodes | undefined },
): NativeTensors {
  const { wordOfPiece: _, ...inputs } = packed;
  const { nodes } = model;
  return {
    ...inputs,
    segments: new Int32Array(packed.pieces.length),
    key: new Int32Array(2),
    transitions: transitionsOf(model),
    ...(nodes ? { nodeIds: nodeIdsOf(packed.words.length / 2, nodes.count) } : {}),
  };
}

/** What decoding adds to the scores [Y + 1, Y]: `validTransitionScores`; all 0 where each word stands alone. */
export function transitionsOf({
  tagSet,
  options,
}: {
  tagSet: TagSet;
  options: Pick<ModelOptions, "decoding">;
}): Float32Array {
  return options.decoding === "argmax" ? validTransitions(tagSet).fill(0) : validTransitionScores(tagSet);
}

/** 0 where a tag may follow another and far below every score where it may not, [Y + 1, Y]. */
export const validTransitionScores = (tagSet: TagSet): Float32Array =>
  validTransitions(tagSet).map((allowed) => (allowed ? 0 : -1e4));
