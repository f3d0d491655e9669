import { readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { parseCdlmFile } from "../../lib/model/cdlm-file.js";
import { parseEncoderConfig } from "../../lib/model/encoder-config.js";
import { Recognizer } from "../../lib/recognizer.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { golden } from "../support/golden.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";
import { anyBytes, damaged, jsonFragments } from "./damage.js";
import { itSurvives } from "./fuzz.js";
import { oddJson } from "./odd-json.js";

const tiny = (name: string) => readFileSync(path.join(golden("tiny-bert"), name));
const parsed = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());
const bytesOf = (json: string) => new TextEncoder().encode(json);
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** Words that meet every part of a tokenizer. */
const text = "Zoë's  [MASK] cat—sat\u200b 東京 in UPPER 12,5 xyzzyx [CLS]";

const cdlm = {
  formatVersion: 2,
  types: ["location", "person"],
  wordShape: true,
  decoding: "viterbi",
  fusion: { nodes: "types", form: "add", layers: 1, residual: true, activation: true },
  counterfactual: { mask: "input", layer: 1, tau: 0.5 },
  provenance: { seed: 1 },
};

describe("files of a model folder that anybody may have written", () => {
  const config = tiny("config.json");
  itSurvives("config.json", oddJson(parsed(config)), (json) => parseEncoderConfig(json, "c"), 20);
  itSurvives("damaged config.json", damaged(config, jsonFragments).map(textOf), (json) => parseEncoderConfig(json, "c"), 10); // prettier-ignore
  itSurvives("cdlm.json", oddJson(cdlm), (json) => parseCdlmFile(json, "c"), 20);

  const tokenizer = tiny("tokenizer.json");
  const encode = (json: Uint8Array) => {
    const read = Tokenizer.fromJson(json);
    read.encodeText(text);
    for (const word of text.split(" ")) read.piecesOfWord(word);
  };
  itSurvives("tokenizer.json", oddJson(parsed(tokenizer)).map(bytesOf), encode, 2);
  itSurvives("tokenizer.json without most of its vocabulary", oddJson(withoutVocabulary()).map(bytesOf), encode, 20); // prettier-ignore
  itSurvives("damaged tokenizer.json", damaged(tokenizer, jsonFragments), encode, 2);

  function withoutVocabulary(): unknown {
    const file = parsed(tokenizer) as { model: { vocab: Record<string, number> } };
    file.model.vocab = Object.fromEntries(Object.entries(file.model.vocab).slice(0, 12));
    return file;
  }
});

describe("model folders with one damaged file", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let model = "";
  let damagedModel = "";
  before(async () => {
    folder = await temporaryFolder();
    model = path.join(folder.path, "whole");
    damagedModel = path.join(folder.path, "damaged");
    await writeTinyModel(model);
    await cp(model, damagedModel, { recursive: true });
  });
  after(() => folder[Symbol.asyncDispose]());

  async function loads(name: string, content: Uint8Array): Promise<void> {
    await writeFile(path.join(damagedModel, name), content);
    try {
      await using ner = await Recognizer.load(damagedModel, { threads: 1 });
      await ner.recognize(["Tony Blair led the Labour Party ."]);
    } finally {
      await writeFile(path.join(damagedModel, name), await readFile(path.join(model, name)));
    }
  }

  const damage = oddJson(parsed(tiny("config.json"))).map((json) => ["config.json", bytesOf(json)] as const);
  itSurvives("config.json in place", damage, ([name, content]) => loads(name, content), 0.5);
  itSurvives("cdlm.json in place", oddJson(cdlm), (json) => loads("cdlm.json", bytesOf(json)), 0.5);
  const weights = fc.oneof(damaged(tiny("model.safetensors"), jsonFragments), anyBytes());
  itSurvives("model.safetensors in place", weights, (content) => loads("model.safetensors", content), 0.5);
});
