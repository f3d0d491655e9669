import assert from "node:assert/strict";
import { causesOf } from "../../lib/llm/causal-document.js";
import { withoutWords } from "../../lib/llm/validation.js";
import { examine, smoking } from "./collect.js";
import { certain, ScriptedModel } from "./scripted-model.js";

/** The choices that the model makes: with the cause, without it, and between the two. Labels: disease, habit, place. */
function choosing(withCause: string, without: string, between: string): ScriptedModel {
  return new ScriptedModel({
    generate: () => ({ edges: [{ cause: "Smoking", effect: "cancer", words: "led to" }] }),
    decide: (question) => {
      if (question.kind !== "choice") return question.kind === "score" ? certain(5) : undefined;
      const { text, choices } = question;
      const chosen = text.startsWith("Asked") ? between : text.startsWith("Suppose") ? without : withCause;
      return choices.map((choice) => (choice === chosen ? 0.8 : 0.2 / (choices.length - 1)));
    },
  });
}

describe("validation by counterfactuals", () => {
  it("lets the original stand where both answers agree", async () => {
    const llm = choosing("disease", "disease", "");
    const graph = await examine(smoking, { llm });
    const { original, without, effect, verdict } = graph.edges[0]!.validation!;
    assert.deepEqual([original.type, without.type, effect, verdict], ["disease", "disease", 0, "stands"]);
    assert.equal(causesOf(graph).length, 1);
    assert.equal(llm.questions.filter(({ kind }) => kind === "choice").length, 2);
  });

  it("weighs both answers once where they contradict each other", async () => {
    const confirmed = await examine(smoking, { llm: choosing("disease", "place", "disease") });
    assert.equal(confirmed.edges[0]!.validation!.verdict, "confirmed");
    assert.ok(Math.abs(confirmed.edges[0]!.validation!.effect - 0.7) < 1e-12);
    assert.equal(causesOf(confirmed).length, 1);
    const refined = await examine(smoking, { llm: choosing("disease", "place", "place") });
    assert.equal(refined.edges[0]!.validation!.verdict, "refined");
    assert.equal(refined.edges[0]!.removed, "refined");
    assert.deepEqual(causesOf(refined), []);
  });

  it("blanks the cause wherever it stands, but not inside the effect", () => {
    const cause = { name: "York", kind: "mention" as const, start: 0, end: 4 };
    const effect = { name: "New York", kind: "mention" as const, start: 10, end: 18 };
    assert.equal(withoutWords("York made New York, York", cause, effect), "____ made New York, ____");
    assert.equal(withoutWords("York", { name: "York", kind: "label" }, effect), "York");
    const doubled = { name: "aa", kind: "cue" as const, start: 0, end: 2 };
    assert.equal(withoutWords("aaa", doubled, { name: "x", kind: "mention" }), "____a");
  });

  it("asks nothing where there is no choice of types", async () => {
    const llm = choosing("disease", "place", "place");
    const graph = await examine(smoking, { llm, labels: ["disease"] });
    assert.equal(graph.edges[0]!.validation, undefined);
  });
});
