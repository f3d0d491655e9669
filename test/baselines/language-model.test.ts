import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { systems } from "../../lib/baselines/index.js";
import type { AidOptions } from "../../lib/baselines/llm/aid.js";
import type { SystemRequest } from "../../lib/baselines/system.js";
import { loadDataset } from "../../lib/data/dataset.js";
import { writeColumnFile } from "../../lib/data/column-file.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { scoreSpans } from "../../lib/eval/span-scores.js";
import { MeteredModel } from "../../lib/llm/metered-model.js";
import { spansOf } from "../../lib/text/spans.js";
import { isCdlmError } from "../data/expect-error.js";
import { certain, ScriptedModel } from "../reasoning/scripted-model.js";
import { firstSentences, temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

/** Knows the gold mentions, and names the first two members of X as cause and effect. */
function oracle(sentences: readonly Sentence[]): ScriptedModel {
  const byText = new Map(sentences.map((sentence) => [sentence.words.join(" "), sentence]));
  return new ScriptedModel({
    generate: ({ user }) => {
      const lines = user.split("\n");
      const { words, tags } = byText.get(JSON.parse(lines[lines.indexOf("BEGIN TEXT") + 1]!) as string)!;
      const named = spansOf(tags).map(({ start, end, type }) => ({
        text: words.slice(start, end).join(" "),
        type,
      }));
      const [cause, effect] = named.map(({ text }) => text);
      const edges = effect === undefined ? [] : [{ cause, effect, words: cause }];
      return user.includes("Variables: ") ? { edges } : { entities: named };
    },
    decide: ({ kind }) => (kind === "score" ? certain(5) : undefined),
  });
}

const aid: AidOptions = {
  causes: 3,
  reasoning: { passes: 1 },
  labels: 4,
  agreement: 0,
  examples: 2,
  judging: { threshold: 1, budget: 2 },
};

describe("systems with a language model", function () {
  this.timeout(60_000);

  async function request(folder: string): Promise<SystemRequest & { gold: (readonly string[])[] }> {
    const [source, target] = ["model", "target"].map((name) => path.join(folder, name)) as [string, string];
    await writeTinyModel(source);
    await mkdir(target);
    const sentences = await firstSentences("music", "train", 12);
    for (const split of ["train", "dev", "test"]) await writeColumnFile(path.join(target, `${split}.txt`), sentences); // prettier-ignore
    const objective = { implicit: { weight: 0.1 } };
    return {
      ...{ source, sourceData: target, data: await loadDataset(target), work: path.join(folder, "work") },
      options: { epochs: 2, batchSentences: 4, seed: 1, objective },
      device: { device: "cpu", threads: 1 },
      fewShot: { shots: 1, draw: 1 },
      llm: { ...aid, domain: "music", model: new MeteredModel(oracle(sentences)) },
      gold: sentences.map(({ tags }) => tags),
    };
  }

  for (const name of ["cdlm-causes", "cdlm-judge", "cdlm-labels", "llm"] as const)
    it(`${name} tags every sentence and says what that has cost`, async () => {
      await using folder = await temporaryFolder();
      const { gold, ...given } = await request(folder.path);
      const { dev, test, details } = await systems[name].run(given);
      assert.deepEqual([dev.length, test.length], [gold.length, gold.length]);
      const { questions, inputTokens } = details.llm as Record<string, number>;
      assert.ok(questions! > 0 && inputTokens === 10 * questions!, JSON.stringify(details.llm));
      if (name === "cdlm-labels") assert.equal(details.kept, 4);
      if (name === "llm") assert.equal(scoreSpans(gold, test).micro.f1, 100);
    });

  it("cdlm-labels trains on sentences that were answered alone", async () => {
    await using folder = await temporaryFolder();
    const { gold: _, llm, ...given } = await request(folder.path);
    const model = new MeteredModel(new ScriptedModel({ generate: () => "no JSON" }));
    const { details } = await systems["cdlm-labels"].run({ ...given, llm: { ...llm!, model } });
    assert.deepEqual([details.labelled, details.kept], [0, 0]);
  });

  it("cdlm-causes wants a part of the objective that reads them, before it asks", () => {
    assert.throws(() => systems["cdlm-causes"].trainingOptions({}), isCdlmError("INVALID_OPTION"));
  });

  it("need one", async () => {
    await using folder = await temporaryFolder();
    const { llm: _, ...given } = await request(folder.path);
    assert.throws(() => void systems.llm.run(given), isCdlmError("INVALID_OPTION"));
  });
});
