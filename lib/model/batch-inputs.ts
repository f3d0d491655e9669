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

/** 0 where a tag may follow another and far below every score where it may not; all 0 where each word stands alone. */
function transitionsOf({ tagSet, options }: { tagSet: TagSet; options: Pick<ModelOptions, "decoding"> }) {
  const valid = validTransitions(tagSet);
  return options.decoding === "argmax" ? valid.fill(0) : valid.map((allowed) => (allowed ? 0 : -1e4));
}
