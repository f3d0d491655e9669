import type { NativeTensors } from "../native/contract.js";
import type { PackedBatch } from "../text/packing.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { losses } from "./losses/index.js";
import { maskInputs } from "./mask-inputs.js";
import { nodesOf, type LabelNodes } from "./label-nodes.js";
import { mentionInputs } from "./mentions-in-batch.js";
import type { Objective } from "./objective.js";
import type { WordCause } from "./passages.js";
import { twinInputs } from "./twins.js";

interface TrainingInputOptions {
  objective: Objective;
  nodes: LabelNodes | undefined;
  tokenizer: Tokenizer;
  /** Share of all updates that are done; default: all parts count. */
  progress?: number;
  /** Counted in the batch. */
  causes?: readonly WordCause[];
}

/** Everything that a training graph reads beside the encoder's inputs, from the tags of the words and what causes them. */
export function trainingInputs(
  packed: PackedBatch,
  gold: Int32Array,
  { objective, progress = 1, nodes, tokenizer, causes = [] }: TrainingInputOptions,
): NativeTensors {
  const counts = progress >= (objective.partsFrom ?? 0);
  const causing = new Set(causes.map(({ word }) => word));
  const isMarked = (use: boolean) => Array.from(gold, (tag, word) => tag > 0 || (use && causing.has(word)));
  return {
    gold,
    entityGold: gold.map((tag) => (tag > 0 ? tag : -1)),
    ...Object.fromEntries(
      losses.map((loss) => [
        `weight.${loss.name}`,
        Float32Array.of(counts || loss.early ? loss.weight(objective) : 0),
      ]),
    ),
    ...maskInputs(packed, isMarked(objective.causes.mask), tokenizer),
    split: Float32Array.from(isMarked(objective.causes.split), Number),
    ...(objective.consistency ? twinInputs(packed, gold) : {}),
    ...(objective.typing ? mentionInputs(gold, packed.words) : {}),
    ...(nodes ? nodeInputs(packed, gold, nodes) : {}),
    ...(nodes ? { causeEdges: causeEdges(packed, causes, nodes) } : {}),
  };
}

/** Rows of words, columns of nodes [words, L]: 1 / (causing words of the node in the sentence), 0 elsewhere. */
function causeEdges({ words }: PackedBatch, causes: readonly WordCause[], { types, count }: LabelNodes) {
  const edges = new Float32Array((words.at(-2)! + words.at(-1)!) * count);
  for (const { word, type } of causes)
    types.forEach((own, node) => own === type && (edges[word * count + node] = 1));
  for (let s = 0; s < words.length; s += 2)
    for (let node = 0; node < count; node++) {
      const rows = Array.from({ length: words[s + 1]! }, (_, k) => (words[s]! + k) * count + node);
      const total = rows.reduce((sum, row) => sum + edges[row]!, 0);
      if (total > 0) for (const row of rows) edges[row]! /= total;
    }
  return edges;
}

function nodeInputs({ words }: PackedBatch, gold: Int32Array, nodes: LabelNodes): NativeTensors {
  const { ofTag, count } = nodes;
  const sentences = words.length / 2;
  const goldNodes = nodesOf(gold, nodes);
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
