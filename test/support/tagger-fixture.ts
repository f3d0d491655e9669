import { readFileSync } from "node:fs";
import path from "node:path";
import { loadParameters } from "../../lib/files/parameter-file.js";
import { elements } from "../../lib/graph/nd-array.js";
import type { Roots } from "../../lib/graph/roots.js";
import { parseEncoderConfig, type EncoderConfig } from "../../lib/model/encoder-config.js";
import { writeFloats } from "../../lib/model/initialise.js";
import { objectiveSchema } from "../../lib/model/objective.js";
import { trainingGraph } from "../../lib/model/tagger.js";
import { plainTagger } from "../../lib/model/word-scores.js";
import { Slot, type NativeTensors } from "../../lib/native/contract.js";
import type { Engine, Program } from "../../lib/native/engine.js";
import type { ParameterSpec } from "../../lib/nn/scope.js";

/** What train_*.json holds (PyTorch: AdamW on mean token cross-entropy, no dropout). */
export interface TrainingReference {
  words_per_sentence: number[];
  pieces: number[][];
  first_piece_of_word: number[][];
  tags: string[];
  gold: number[];
  losses: number[];
  gradient_norms: Record<string, number>;
  total_norms: number[];
}

export interface Fixture {
  engine: Engine;
  config: EncoderConfig;
  parameters: readonly ParameterSpec[];
  roots: Roots;
  program: Program;
}

/** A tagger without dropout, its encoder from `folder`, its head from the given values, ready to train. */
export async function taggerFixture(
  engine: Engine,
  folder: string,
  tags: number,
  head: { weight: readonly number[]; bias: readonly number[] },
): Promise<Fixture> {
  const file = path.join(folder, "config.json");
  const read = parseEncoderConfig(readFileSync(file, "utf8"), file);
  const config = { ...read, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
  const { roots, parameters } = trainingGraph(
    plainTagger({ encoder: config, tags, wordShape: false }),
    objectiveSchema.parse({}),
  );
  const encoder = parameters.filter(({ group }) => group === "encoder");
  await loadParameters(engine, path.join(folder, "model.safetensors"), encoder);
  for (const [suffix, values] of Object.entries(head)) {
    const name = `classifier.${suffix}`;
    await engine.define(name, parameters.find((spec) => spec.name === name)!.shape);
    await writeFloats(engine, name, Float32Array.from(values));
  }
  return { engine, config, parameters, roots, program: engine.program(roots) };
}

/** The reference's batch, packed. */
export function packedBatch({ pieces, first_piece_of_word, gold }: TrainingReference): NativeTensors {
  const starts = pieces.map((_, k) => pieces.slice(0, k).reduce((sum, row) => sum + row.length, 0));
  const all = pieces.flat();
  return {
    key: new Int32Array(2),
    pieces: Int32Array.from(all),
    positions: Int32Array.from(pieces.flatMap((row) => [...row.keys()])),
    sentences: Int32Array.from(pieces.flatMap((row, k) => [starts[k]!, row.length])),
    shapes: new Int32Array(all.length),
    segments: new Int32Array(all.length),
    firstPieces: Int32Array.from(
      first_piece_of_word.flatMap((row, k) => row.map((piece) => starts[k]! + piece)),
    ),
    gold: Int32Array.from(gold),
  };
}

/** Gradient of every tensor, by the reference's names. */
export async function gradientsByName({ engine, parameters }: Fixture): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const { name, shape, parts, group } of parameters) {
    const all = await engine.read(name, Slot.gradient, 0, elements([...shape]));
    let offset = 0;
    for (const part of parts) {
      const known = group === "head" ? part.name.replace("classifier", "head") : `encoder.${part.name}`;
      found.set(known, all.subarray(offset, (offset += elements([...part.shape]))));
    }
  }
  return found;
}
