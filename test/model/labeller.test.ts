import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import { writeColumnFile } from "../../lib/data/column-file.js";
import { loadDataset } from "../../lib/data/dataset.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { labelData } from "../../lib/labeller.js";
import { spansOf } from "../../lib/text/spans.js";
import { train } from "../../lib/trainer.js";
import { isCdlmError } from "../data/expect-error.js";
import { ScriptedModel } from "../reasoning/scripted-model.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, weightsOf } from "../support/small-data.js";

/** Gold entities behind the interface of a language model. */
function oracleOf(sentences: readonly Sentence[]): ScriptedModel {
  const byText = new Map(sentences.map((sentence) => [sentence.words.join(" "), sentence]));
  return new ScriptedModel({
    parallel: 3,
    generate: ({ user }) => {
      const lines = user.split("\n");
      const text = JSON.parse(lines[lines.indexOf("BEGIN TEXT") + 1]!) as string;
      const { words, tags } = byText.get(text)!;
      const entities = spansOf(tags).map(({ start, end, type }) => ({ text: words.slice(start, end).join(" "), type })); // prettier-ignore
      return { entities };
    },
  });
}

describe("training data by a language model", function () {
  this.timeout(60_000);
  const options = { epochs: 2, batchSentences: 4, evaluateFrom: 0, learningRate: 1e-3 };

  /** A domain whose words are what splitting a text gives, so that labels can be compared with gold tags. */
  async function prepared(folder: string) {
    const data = await smallData("music", { train: 24, dev: 6 });
    const plain = (words: readonly string[]) => words.every((word) => /^[\p{L}\p{N}]+$|^[.,]$/u.test(word));
    const raw = data.train.filter(({ words }) => plain(words)).slice(0, 6);
    const labelled = data.train.filter((sentence) => !raw.includes(sentence));
    const at = (name: string) => path.join(folder, name);
    await mkdir(at("data"));
    await writeColumnFile(at("data/train.txt"), labelled);
    await writeColumnFile(at("data/dev.txt"), data.dev!);
    await writeFile(at("raw.txt"), raw.map(({ words }) => words.join(" ")).join("\n"));
    return { at, raw, labelled, data };
  }

  it("an oracle's labels train the same model as the gold sentences", async () => {
    await using folder = await temporaryFolder();
    const { at, raw, data } = await prepared(folder.path);
    assert.ok(raw.length >= 3);
    const llm = oracleOf(data.train);
    const report = await labelData({ llm, data: at("data"), input: at("raw.txt"), out: at("labels"), examples: 3 }); // prettier-ignore
    assert.equal(report.kept, raw.length);
    const labels = await loadDataset(at("labels"));
    assert.deepEqual(labels.train.map(({ words, tags }) => ({ words, tags })), raw.map(({ words, tags }) => ({ words, tags }))); // prettier-ignore
    await train({ encoder: golden("tiny-bert"), data: at("data"), out: at("source"), options });
    const request = { model: at("source"), data: at("data"), options };
    await adapt({ ...request, out: at("by labels"), extraData: at("labels") });
    await adapt({ ...request, out: at("by gold"), extraData: { ...data, train: raw } });
    const [byLabels, byGold] = [await weightsOf(at("by labels")), await weightsOf(at("by gold"))];
    assert.ok(byLabels.equals(byGold));
    const provenance = JSON.parse(await readFile(at("labels/provenance.json"), "utf8")) as { llm: object };
    assert.deepEqual(provenance.llm, { name: "script", identity: "script" });
  });

  it("asks for the types that a model of the data has: one that only test has is none", async () => {
    await using folder = await temporaryFolder();
    const { at, data } = await prepared(folder.path);
    await writeColumnFile(at("data/test.txt"), [{ words: ["Rome"], tags: ["B-city"] }]);
    await train({ encoder: golden("tiny-bert"), data: at("data"), out: at("model"), options: { ...options, epochs: 1 } }); // prettier-ignore
    const request = {
      data: at("data"),
      input: at("raw.txt"),
      out: at("labels"),
      model: at("model"),
      agreement: 0,
    };
    const llm = oracleOf(data.train);
    await labelData({ ...request, llm });
    assert.ok(llm.prompts.length > 0);
    for (const { system, user } of llm.prompts) assert.doesNotMatch(`${system} ${user}`, /\bcity\b/);
  });

  it("only sentences that the recogniser agrees with are kept; none is an error, and nothing is written", async () => {
    await using folder = await temporaryFolder();
    const { at, data } = await prepared(folder.path);
    await train({ encoder: golden("tiny-bert"), data: at("data"), out: at("model"), options: { ...options, epochs: 1 } }); // prettier-ignore
    const silly = new ScriptedModel({
      generate: ({ user }) => {
        const lines = user.split("\n");
        const text = JSON.parse(lines[lines.indexOf("BEGIN TEXT") + 1]!) as string;
        const words = text.split(" ").slice(0, 20);
        return { entities: words.map((word) => ({ text: word, type: data.types[0] })) };
      },
    });
    const request = { data: at("data"), input: at("raw.txt"), out: at("labels"), model: at("model") };
    const labelling = labelData({ ...request, llm: silly, agreement: 1 });
    await assert.rejects(labelling, isCdlmError("DATA_EMPTY"));
    await assert.rejects(readFile(at("labels/train.txt")), { code: "ENOENT" });
    const all = await labelData({ ...request, llm: oracleOf(data.train), agreement: 0 });
    assert.equal(all.kept, all.sentences);
    await assert.rejects(labelData({ ...request, llm: silly, agreement: 2 }), isCdlmError("INVALID_OPTION"));
  });
});
