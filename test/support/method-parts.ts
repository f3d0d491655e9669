import { readFileSync } from "node:fs";
import path from "node:path";
import { loadParameters } from "../../lib/files/parameter-file.js";
import { noise } from "../../lib/graph/nd-array.js";
import { softmaxOf } from "../../lib/graph/ops/softmax.js";
import type { Tensor } from "../../lib/graph/tensor.js";
import { batchInputs } from "../../lib/model/batch-inputs.js";
import { parseEncoderConfig } from "../../lib/model/encoder-config.js";
import { initialise, writeFloats } from "../../lib/model/initialise.js";
import { labelNodes } from "../../lib/model/label-nodes.js";
import { losses } from "../../lib/model/losses/index.js";
import type { LossContext } from "../../lib/model/losses/loss.js";
import { recognitionLoss } from "../../lib/model/losses/recognition.js";
import { objectiveSchema, type Objective } from "../../lib/model/objective.js";
import { cutSentences, goldOf, packPassages } from "../../lib/model/passages.js";
import { trainingInputs } from "../../lib/model/training-inputs.js";
import { wordScores, type TaggerConfig } from "../../lib/model/word-scores.js";
import type { Engine } from "../../lib/native/engine.js";
import { Scope } from "../../lib/nn/scope.js";
import { labelViews } from "../../lib/training/label-graph.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import type { NativeTensors } from "../../lib/native/contract.js";
import { golden, readGolden } from "./golden.js";
import { firstSentences } from "./small-data.js";

/** What a PyTorch prototype of every part gave, in float64, with weights that both sides compute. */
export interface Case {
  part: string;
  title: string;
  options: Record<string, string | number>;
  value: number;
  gradient_norm: number;
}
export const { types, sentences: chosen, cases } = readGolden<{ types: string[]; sentences: number[]; cases: Case[] }>("parts.json"); // prettier-ignore

const folder = golden("tiny-bert");
const tagSet = new TagSet(types);
const nodes = labelNodes(tagSet, "types");

/** The prototype's switches as an objective. */
export function objectiveOf({ part, options: o }: Case): Objective {
  const mask = o.exp ?? "input";
  const given = {
    fusion: { form: o.fusion, layers: o.gcn ?? 1 },
    auxiliary: { weight: Number(part === "auxiliary") },
    alignment: { weight: Number(part === "alignment") },
    explicit: { weight: Number(part === "explicit"), mask, layer: o.layer ?? 1, live: o.detach === 0 },
    implicit: {
      weight: Number(o.limp ?? 0),
      reading: o.imp === "unrel" ? "unrelated" : "uniform",
      sufficiency: o.lsuf ?? 0,
      supervision: o.lm ?? 0,
    },
    typing: { weight: Number(part === "typing") },
  };
  return objectiveSchema.parse(given);
}

export function configOf({ options: o }: Case, objective: Objective): TaggerConfig {
  const file = path.join(folder, "config.json");
  const read = parseEncoderConfig(readFileSync(file, "utf8"), file);
  return {
    encoder: { ...read, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
    tags: tagSet.size,
    wordShape: true,
    crf: o.dec === "crf",
    fusion: { ...objective.fusion, labels: nodes.count },
    prefix: "" as const,
    mask: { where: objective.explicit.mask, layer: objective.explicit.layer },
  };
}

/** Seed, scale and whether the identity is added, of every weight beside the encoder's. */
const weights: Record<string, [seed: number, scale: number, identity?: boolean]> = {
  "fusion.labels": [11, 1],
  "classifier.weight": [13, 0.5],
  "classifier.bias": [14, 0.5],
  "fusion.project.weight": [15, 0.25, true],
  "fusion.project.bias": [16, 0.25],
  "fusion.gcn.0.weight": [17, 0.25, true],
  "fusion.gcn.0.bias": [18, 0.25],
  "fusion.gcn.1.weight": [19, 0.25, true],
  "fusion.gcn.1.bias": [20, 0.25],
  "fusion.output.weight": [21, 0.25],
  "fusion.output.bias": [22, 0.25],
  "auxiliary.weight": [23, 0.5],
  "auxiliary.bias": [24, 0.5],
  "crf.transitions": [25, 0.5],
  "types.vectors": [28, 0.5],
  "embeddings.word_shape_embeddings.weight": [26, 0.25],
};

export async function fill(engine: Engine, { parameters, states }: Scope): Promise<void> {
  const own = [...parameters.values()].filter(({ name }) => weights[name]);
  const others = [...parameters.values()].filter(({ name }) => !weights[name]);
  await initialise(engine, own, 1);
  await loadParameters(engine, path.join(folder, "model.safetensors"), others);
  for (const { name, shape } of own) {
    const [seed, scale, identity] = weights[name]!;
    const values = Float32Array.from(noise(shape, seed, scale).data);
    if (identity) for (let k = 0; k < shape[0]!; k++) values[k * shape[0]! + k]! += 1;
    await writeFloats(engine, name, values);
  }
  const rows = (columns: number, seed: number) =>
    Array.from({ length: nodes.count }, (_, k) =>
      softmaxOf(noise([nodes.count, columns], seed, 2).data.slice(k * columns, (k + 1) * columns)),
    );
  const source = await labelViews(engine, rows(9, 12), 1.5);
  const values: Record<string, Float32Array> = {
    "label_graph.adjacency": source.adjacency,
    "label_graph.distances": source.distances,
    "label_graph.target": Float32Array.from(rows(nodes.count, 27).flatMap((row) => [...row])),
  };
  for (const { name, shape } of states.values()) {
    await engine.define(name, shape);
    await writeFloats(engine, name, values[name]!);
  }
}

export interface Part {
  scope: Scope;
  loss: Tensor;
  context: LossContext;
}

/** A part of the objective as a graph of its own. */
export function partOf(reference: Case, build?: (context: LossContext) => Tensor): Part {
  const objective = objectiveOf(reference);
  const config = configOf(reference, objective);
  const scope = new Scope("training");
  const gold = scope.graph.input("gold", "i32", ["words"]);
  const words = wordScores(scope, config);
  const context = { scope, config, objective, words, gold, assigns: new Map<string, Tensor>() };
  const part = losses.find(({ name }) => name === reference.part);
  const loss = (build ?? part?.build ?? recognitionLoss)(context);
  return { scope, loss, context };
}

/** The inputs of the sentences that the reference was computed on. */
export async function inputsOf({ context: { config, objective } }: Part): Promise<NativeTensors> {
  const all = await firstSentences("politics", "train", Math.max(...chosen) + 1);
  const tokenizer = await Tokenizer.load(folder);
  const reader = { tokenizer, maxPositions: 64 };
  const cuts = await cutSentences(chosen.map((k) => all[k]!), reader, tagSet); // prettier-ignore
  const passages = cuts.flatMap((cut) => cut.passages);
  const packed = packPassages(passages, reader);
  const options = { decoding: config.crf ? "crf" : "viterbi" } as const;
  return {
    ...batchInputs(packed, { tagSet, options, nodes }),
    ...trainingInputs(packed, goldOf(passages)!, { objective, nodes, tokenizer }),
  };
}
