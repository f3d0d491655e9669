import type { NativeTensors } from "../native/contract.js";
import type { PackedBatch } from "../text/packing.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { losses } from "./losses/index.js";
import { maskInputs } from "./mask-inputs.js";
import type { LabelNodes } from "./label-nodes.js";
import type { Objective } from "./objective.js";

/** Everything that a training graph reads beside the encoder's inputs, from the tags of the words. */
export function trainingInputs(
  packed: PackedBatch,
  gold: Int32Array,
  {
    objective,
    nodes,
    tokenizer,
  }: { objective: Objective; nodes: LabelNodes | undefined; tokenizer: Tokenizer },
): NativeTensors {
  const marked = Array.from(gold, (tag) => tag > 0);
  return {
    gold,
    entityGold: gold.map((tag) => (tag > 0 ? tag : -1)),
    ...Object.fromEntries(
      losses.map((loss) => [`weight.${loss.name}`, Float32Array.of(loss.weight(objective))]),
    ),
    ...maskInputs(packed, marked, tokenizer),
    ...(nodes ? nodeInputs(packed, gold, nodes) : {}),
  };
}

function nodeInputs({ words }: PackedBatch, gold: Int32Array, { ofTag, count }: LabelNodes): NativeTensors {
  const sentences = words.length / 2;
  const goldNodes = gold.map((tag) => (tag < 0 ? -1 : ofTag[tag]!));
  const nodeTargets = new Float32Array(sentences * count);
  for (let s = 0; s < sentences; s++)
    for (const node of goldNodes.subarray(words[2 * s], words[2 * s]! + words[2 * s + 1]!))
      if (node >= 0) nodeTargets[s * count + node] = 1;
  const nodeOfTag = new Float32Array(ofTag.length * count);
  ofTag.forEach((node, tag) => (nodeOfTag[tag * count + node] = 1));
  return { goldNodes, nodeTargets, nodeOfTag, nodeIds: nodeIdsOf(sentences, count) };
}

/** 0 … L - 1, once per sentence. */
export const nodeIdsOf = (sentences: number, labels: number): Int32Array =>
  Int32Array.from({ length: sentences * labels }, (_, row) => row % labels);
