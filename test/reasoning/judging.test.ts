import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeEntities, questionsOf, type Judgeable } from "../../lib/llm/judging.js";
import { isCdlmError } from "../data/expect-error.js";
import { ScriptedModel } from "./scripted-model.js";

const text = "Nina Simone sang in Paris for Bowie.";
const entity = (name: string, type: string, confidence: number): Judgeable => {
  const start = text.indexOf(name);
  return { start, end: start + name.length, text: name, type, confidence };
};
const entities = [entity("Nina Simone", "city", 0.3), entity("Paris", "city", 0.9), entity("Bowie", "city", 0.4)]; // prettier-ignore
const types = ["artist", "city"];

/** Answers every question by the gold type of the mention that it names. */
const oracle = (gold: Record<string, string | null>, p = 1) =>
  new ScriptedModel({
    decide: (question) => {
      if (question.kind !== "choice") return undefined;
      const name = Object.keys(gold).find((candidate) => question.text.includes(JSON.stringify(candidate)))!;
      const right = question.choices.indexOf(gold[name] ?? "no entity of these types");
      const at = right < 0 ? question.choices.length - 1 : right;
      return question.choices.map((_, k) => (k === at ? p : (1 - p) / (question.choices.length - 1)));
    },
  });

describe("an LLM as judge of unsure entities", () => {
  it("is asked about those under the threshold; the surer of both decides", async () => {
    const llm = oracle({ "Nina Simone": "artist", Bowie: null });
    const { entities: judged, dropped, questions } = await judgeEntities({ text, entities }, { llm, types });
    assert.deepEqual(judged.map(({ text: name, type, confidence, decidedBy }) => [name, type, confidence, decidedBy]), [["Nina Simone", "artist", 1, "llm"], ["Paris", "city", 0.9, "recogniser"]]); // prettier-ignore
    assert.deepEqual(judged[0]!.recogniser, { type: "city", confidence: 0.3 });
    assert.deepEqual(dropped.map(({ text: name }) => name), ["Bowie"]); // prettier-ignore
    assert.equal(questions, 2);
    const unsure = oracle({ "Nina Simone": "artist", Bowie: "artist" }, 0.35);
    const second = await judgeEntities({ text, entities }, { llm: unsure, types });
    assert.deepEqual(second.entities.map(({ type, decidedBy }) => [type, decidedBy]), [["artist", "llm"], ["city", "recogniser"], ["city", "recogniser"]]); // prettier-ignore
    assert.deepEqual(second.entities[2]!.llm!.type, "artist");
  });

  it("with threshold 0 or budget 0 asks nothing and changes nothing", async () => {
    for (const given of [{ threshold: 0 }, { budget: 0 }]) {
      const llm = new ScriptedModel();
      const result = await judgeEntities({ text, entities }, { llm, types, ...given });
      assert.equal(llm.questions.length, 0);
      assert.deepEqual(result, { entities: entities.map((e) => ({ ...e, decidedBy: "recogniser" })), dropped: [], questions: 0 }); // prettier-ignore
    }
  });

  it("asks pages of a large label set, and then their winners", async () => {
    const many = Array.from({ length: 30 }, (_, k) => `type${k}`);
    assert.equal(questionsOf(30), 4);
    const llm = oracle({ "Nina Simone": "type17" });
    const { entities: judged } = await judgeEntities({ text, entities: entities.slice(0, 1) }, { llm, types: many }); // prettier-ignore
    assert.equal(judged[0]!.type, "type17");
    assert.equal(llm.questions.length, 4);
  });

  it("of a large label set, none on every page is as sure as the least sure of them", async () => {
    const many = Array.from({ length: 24 }, (_, k) => `type${k}`);
    const llm = oracle({ "Nina Simone": null }, 0.3);
    const unsure = [entity("Nina Simone", "type3", 0.55)];
    const { entities: judged, dropped, questions } = await judgeEntities({ text, entities: unsure }, { llm, types: many }); // prettier-ignore
    assert.deepEqual([judged.length, dropped.length, questions], [1, 0, questionsOf(24)]);
    assert.ok(Math.abs(judged[0]!.llm!.probability - 0.3) < 1e-9);
  });

  it("never exceeds the budget, and asks about the least sure first", async () => {
    const confidence = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(confidence, { maxLength: 8 }),
        fc.nat(10),
        fc.integer({ min: 1, max: 30 }),
        async (all, budget, count) => {
          const llm = new ScriptedModel();
          const names = all.map((_, k) => `Name${k}`);
          const given = names.map((name, k) => ({ start: 6 * k, end: 6 * k + 5, text: name, type: "t0", confidence: all[k]! })); // prettier-ignore
          const types = Array.from({ length: count }, (_, k) => `t${k}`);
          const { questions } = await judgeEntities({ text: names.join(" "), entities: given }, { llm, types, budget }); // prettier-ignore
          assert.ok(llm.questions.length <= budget && questions === llm.questions.length);
          const unsure = all.filter((value) => value < 0.6).sort((a, b) => a - b);
          const most = Math.floor(budget / questionsOf(count));
          assert.equal(questions, questionsOf(count) * Math.min(unsure.length, most));
          const asked = new Set(llm.questions.map((question) => Number(/"Name(\d)" in/.exec(question.text)![1]))); // prettier-ignore
          assert.deepEqual([...asked].map((k) => all[k]), unsure.slice(0, most)); // prettier-ignore
        },
      ),
      { numRuns: 50 },
    );
  });

  it("refuses options out of range, and stops with its signal", async () => {
    const llm = new ScriptedModel();
    const request = { llm, types };
    await assert.rejects(judgeEntities({ text, entities }, { ...request, threshold: 2 }), isCdlmError("INVALID_OPTION")); // prettier-ignore
    await assert.rejects(
      judgeEntities({ text, entities }, { llm, types: [] }),
      isCdlmError("INVALID_OPTION"),
    );
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(judgeEntities({ text, entities }, { ...request, signal }), /enough/);
  });
});
