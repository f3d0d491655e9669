import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { loadParameters } from "../../lib/files/parameter-file.js";
import { encode, encoderInputs } from "../../lib/model/encoder.js";
import { parseEncoderConfig } from "../../lib/model/encoder-config.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { Scope } from "../../lib/nn/scope.js";
import { readColumnFile } from "../../lib/data/column-file.js";
import { packSentences } from "../../lib/text/packing.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { packageRoot } from "../../lib/native/load.js";
import { golden, miniLm, readTensors, requireMiniLm } from "../support/golden.js";

describe("encoder against transformers", () => {
  for (const level of loadAddon().availableLevels())
    it(`all-MiniLM-L6-v2 at ${level}: last hidden states of 6 sentences`, async function () {
      this.timeout(60_000);
      requireMiniLm(this);
      const expected = await readTensors(golden("encoder_minilm.safetensors"));
      const engine = new AddonEngine(loadAddon(), { level, threads: 2 });
      const hidden = await encodeSentences(engine, await firstSentences(6));
      let at = 0;
      for (let k = 0; k < 6; k++)
        for (const value of expected.get(`sentence${k}.last_hidden_state`)!) {
          assert.ok(
            Math.abs(hidden[at]! - value) <= 2e-5,
            `sentence ${k}: ${hidden[at]} instead of ${value}`,
          );
          at++;
        }
      assert.equal(at, hidden.length);
      await engine.dispose();
    });
});

async function firstSentences(count: number): Promise<string[][]> {
  const sentences: string[][] = [];
  for await (const { words } of readColumnFile(path.join(packageRoot, "examples/data/politics/test.txt"))) {
    sentences.push([...words]);
    if (sentences.length === count) break;
  }
  return sentences;
}

async function encodeSentences(engine: AddonEngine, sentences: string[][]): Promise<Float32Array> {
  const file = path.join(miniLm, "config.json");
  const config = parseEncoderConfig(readFileSync(file, "utf8"), file);
  const scope = new Scope("prediction");
  const hidden = encode(scope, config, encoderInputs(scope), { wordShape: false });
  await loadParameters(engine, path.join(miniLm, "model.safetensors"), [...scope.parameters.values()]);
  const {
    pieces,
    positions,
    sentences: ranges,
  } = packSentences(sentences, await Tokenizer.load(miniLm), {
    maxPositions: config.max_position_embeddings,
  });
  const zeros = new Int32Array(pieces.length);
  const inputs = {
    pieces,
    positions,
    sentences: ranges,
    shapes: zeros,
    segments: zeros,
    key: new Int32Array(2),
  };
  const result = await engine.program({ outputs: { hidden: hidden.at(-1)! } }).run(inputs);
  return result.hidden as Float32Array;
}
