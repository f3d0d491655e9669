import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { plainMethod, readCdlmFile } from "../../lib/model/cdlm-file.js";
import { reorderHead } from "../../lib/model/foreign-head.js";
import { writeFloats } from "../../lib/model/initialise.js";
import { objectiveSchema } from "../../lib/model/objective.js";
import { openTagger, newTagger } from "../../lib/model/open-tagger.js";
import { tagSentences } from "../../lib/model/tagging.js";
import { Slot } from "../../lib/native/contract.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { isCdlmError } from "../data/expect-error.js";
import { golden } from "../support/golden.js";

const sentences = [
  ["EU", "rejects", "German", "call"],
  ["Nina", "sang", "in", "Paris", "."],
];
const head = {
  types: ["place", "band"],
  wordShape: false,
  decoding: "viterbi",
  ...plainMethod,
  seed: 3,
} as const;
const objective = objectiveSchema.parse({});

describe("model folder", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), "cdlm-model-"))));
  after(() => rm(folder, { recursive: true }));

  it("gives the same tags after saving and loading", async () => {
    const model = await newTagger(golden("tiny-bert"), head, objective);
    const expected = await tagSentences(model, sentences);
    await model.save(path.join(folder, "own"), { note: "test" });
    await model.dispose();
    assert.deepEqual(await tagsOf(path.join(folder, "own")), expected);
  });

  it("carries BertForTokenClassification's names and labels", async () => {
    const config = JSON.parse(await readFile(path.join(folder, "own/config.json"), "utf8")) as Record<
      string,
      unknown
    >;
    assert.deepEqual(config.architectures, ["BertForTokenClassification"]);
    assert.deepEqual(config.id2label, { 0: "O", 1: "B-band", 2: "I-band", 3: "B-place", 4: "I-place" });
  });

  it("reads a fine-tuned folder of another origin, whatever the order of its labels", async () => {
    const labels = ["B-place", "I-band", "O", "I-place", "B-band"];
    const model = await openTagger(path.join(folder, "own"));
    const expected = await tagSentences(model, sentences);
    const { size } = model.tagSet;
    const weight = await model.engine.read("classifier.weight", Slot.value, 0, size * 32);
    const bias = await model.engine.read("classifier.bias", Slot.value, 0, size);
    const rows = labels.map((label) => model.tagSet.indexOf(label));
    await writeFloats(model.engine, "classifier.weight", Float32Array.from(rows.flatMap((row) => [...weight.subarray(row * 32, (row + 1) * 32)]))); // prettier-ignore
    await writeFloats(model.engine, "classifier.bias", Float32Array.from(rows.map((row) => bias[row]!)));
    const foreign = path.join(folder, "foreign");
    await model.save(foreign, {});
    await model.dispose();
    await rm(path.join(foreign, "cdlm.json"));
    await editConfig(foreign, (config) => ({ ...config, id2label: Object.fromEntries(labels.entries()) }));
    assert.deepEqual(await tagsOf(foreign), expected);
  });

  it("refuses a model of ours that has lost its cdlm.json", async () => {
    const lost = path.join(folder, "lost");
    const model = await newTagger(golden("tiny-bert"), { ...head, wordShape: true }, objective);
    await model.save(lost, {});
    await model.dispose();
    await rm(path.join(lost, "cdlm.json"));
    await editConfig(lost, (config) => ({ ...config, id2label: { 0: "O", 1: "B-x" } }));
    await assert.rejects(openTagger(lost), isCdlmError("FILE_INVALID", { file: lost }));
  });

  it("never chooses a tag that a foreign head does not have", () => {
    const ordered = reorderHead(
      Float32Array.of(1, 2, 3, 4),
      Float32Array.of(5, 6),
      ["I-x", "O"],
      new TagSet(["x"]),
    );
    assert.deepEqual([...ordered.weight], [3, 4, 0, 0, 1, 2]);
    assert.deepEqual([...ordered.bias], [6, -1e4, 5]);
  });

  const refusals: [string, (config: Record<string, unknown>) => unknown, string][] = [
    ["another architecture", (config) => ({ ...config, model_type: "roberta" }), "ARCHITECTURE_UNSUPPORTED"],
    ["another activation", (config) => ({ ...config, hidden_act: "relu" }), "ARCHITECTURE_UNSUPPORTED"],
    ["a config without a width", ({ hidden_size: _, ...config }) => config, "FILE_INVALID"],
    [
      "a vocabulary smaller than the tokenizer's",
      (config) => ({ ...config, vocab_size: 100 }),
      "FILE_INVALID",
    ],
    ["a width unlike the weights", (config) => ({ ...config, intermediate_size: 65 }), "FILE_INVALID"],
  ];
  for (const [what, edit, code] of refusals)
    it(`refuses ${what}`, async () => {
      const broken = path.join(folder, "broken");
      await cp(golden("tiny-bert"), broken, { recursive: true, force: true });
      await editConfig(broken, edit);
      await assert.rejects(newTagger(broken, head, objective), isCdlmError(code as never));
    });

  it("reads a model whose cdlm.json is of version 1, before the method's parts", async () => {
    const old = path.join(folder, "old");
    await cp(path.join(folder, "own"), old, { recursive: true });
    const first = { formatVersion: 1, types: ["band", "place"], wordShape: false, decoding: "viterbi", provenance: { version: "0.0.1" } }; // prettier-ignore
    await writeFile(path.join(old, "cdlm.json"), JSON.stringify(first));
    assert.deepEqual(await tagsOf(old), await tagsOf(path.join(folder, "own")));
    const { formatVersion: _, ...rest } = first;
    const none = { fusion: null, counterfactual: { mask: "input", layer: 1, tau: 0 }, calibration: null, kept: null }; // prettier-ignore
    assert.deepEqual(await readCdlmFile(old), { ...rest, ...none, formatVersion: 2 });
  });

  it("refuses cdlm.json of a newer version", async () => {
    const newer = path.join(folder, "newer");
    await cp(path.join(folder, "own"), newer, { recursive: true });
    const file = path.join(newer, "cdlm.json");
    const cdlm = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...cdlm, formatVersion: 99 }));
    await assert.rejects(openTagger(newer), isCdlmError("VERSION_UNSUPPORTED"));
  });

  it("says of an encoder without a head what to do", async () => {
    await assert.rejects(openTagger(golden("tiny-bert")), isCdlmError("FILE_INVALID"));
  });
});

async function tagsOf(folder: string) {
  const model = await openTagger(folder);
  const tagged = await tagSentences(model, sentences);
  await model.dispose();
  return tagged;
}

async function editConfig(folder: string, edit: (config: Record<string, unknown>) => unknown): Promise<void> {
  const file = path.join(folder, "config.json");
  const config = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  await writeFile(file, JSON.stringify(edit(config)));
}
