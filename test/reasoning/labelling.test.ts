import assert from "node:assert/strict";
import type { Sentence } from "../../lib/data/sentence.js";
import { agreementOf, labelSentences, type Labelled } from "../../lib/llm/labelling.js";
import { spansOf } from "../../lib/text/spans.js";
import { firstSentences } from "../support/small-data.js";
import { ScriptedModel } from "./scripted-model.js";

async function all(labelled: AsyncIterable<Labelled>): Promise<Labelled[]> {
  const found: Labelled[] = [];
  for await (const one of labelled) found.push(one);
  return found;
}

const words = ["Nina", "Simone", "sang", "in", "Paris", ",", "Paris", "!"];
const types = ["artist", "city"];
const label = async (answer: unknown, sentence: readonly string[] = words): Promise<Labelled> => {
  const llm = new ScriptedModel({ generate: () => answer });
  return (await all(labelSentences([sentence], { llm, types, examples: [] })))[0]!;
};

describe("labels by an LLM", () => {
  it("are the words that it names, one place for each", async () => {
    const named = [
      { text: "Nina Simone", type: "artist" },
      { text: "Paris", type: "city" },
      { text: "Paris", type: "city" },
    ];
    const { sentence, outside, invalidAnswers } = await label({ entities: named });
    assert.deepEqual(sentence.tags, ["B-artist", "I-artist", "O", "O", "B-city", "O", "B-city", "O"]);
    assert.deepEqual([outside, invalidAnswers], [0, 0]);
  });

  it("are found where the model's vocabulary does not keep blanks before marks", async () => {
    const sentence = ["The", "War", ",", "Peace", "!", "and", "War"];
    const named = [{ text: "War, Peace!", type: "artist" }, { text: "War", type: "city" }]; // prettier-ignore
    const { sentence: labelled, outside } = await label({ entities: named }, sentence);
    assert.deepEqual(labelled.tags, ["O", "B-artist", "I-artist", "I-artist", "I-artist", "O", "B-city"]);
    assert.equal(outside, 0);
  });

  it("that are not in the text, overlap or have no letters are dropped and counted", async () => {
    const named = ["Simone sang", "Nina Simone", "London", "", "Paris Paris"].map((text) => ({ text, type: "artist" })); // prettier-ignore
    const { sentence, outside } = await label({ entities: named });
    assert.deepEqual(sentence.tags, ["O", "B-artist", "I-artist", "O", "O", "O", "O", "O"]);
    assert.equal(outside, 4);
  });

  it("are none where the answer is no JSON of the form, twice", async () => {
    for (const answer of ["{", { entities: [{ text: "Paris", type: "river" }] }]) {
      const { sentence, answered, invalidAnswers } = await label(answer);
      assert.ok(!answered);
      assert.ok(sentence.tags.every((tag) => tag === "O"));
      assert.equal(invalidAnswers, 2);
    }
  });

  it("of an oracle are the gold labels, with examples in the prompt", async () => {
    const gold = await firstSentences("music", "train", 20);
    const byText = new Map(gold.map((sentence) => [sentence.words.join(" "), sentence]));
    const entitiesOf = ({ words: all, tags }: Sentence) =>
      spansOf(tags).map(({ start, end, type }) => ({ text: all.slice(start, end).join(" "), type }));
    const llm = new ScriptedModel({
      generate: ({ user }) => {
        const line = user.split("\n").find((_, k, lines) => lines[k - 1] === "BEGIN TEXT")!;
        return { entities: entitiesOf(byText.get(JSON.parse(line) as string)!) };
      },
    });
    const known = [...new Set(gold.flatMap(({ tags }) => spansOf(tags).map(({ type }) => type)))];
    const found = await all(labelSentences(gold.map((s) => s.words), { llm, types: known, examples: gold.slice(0, 2) })); // prettier-ignore
    assert.deepEqual(found.map(({ sentence }) => sentence.tags), gold.map(({ tags }) => tags)); // prettier-ignore
    assert.ok(llm.prompts.every(({ user }) => user.startsWith("Solved examples:\nText: ")));
  });

  it("agree with others by the F1 of their mentions", () => {
    const one = ["B-a", "I-a", "O", "B-b"];
    assert.equal(agreementOf(one, one), 1);
    assert.equal(agreementOf(one, ["B-a", "I-a", "O", "B-a"]), 0.5);
    assert.equal(agreementOf(one, ["O", "O", "O", "O"]), 0);
    assert.equal(agreementOf(["O"], ["O"]), 1);
  });
});
