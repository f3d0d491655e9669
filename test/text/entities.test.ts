import assert from "node:assert/strict";
import { entitiesOf } from "../../lib/text/entities.js";
import { splitWords } from "../../lib/text/word-split.js";

describe("entities", () => {
  const text = "😀 Angela  Merkel's visit to Zürich\u00a0(東京).";
  const words = splitWords(text);

  it("gives UTF-16 places in the original text", () => {
    const mentions = [
      { start: 1, end: 3, type: "person", confidence: 0.5 },
      { start: 6, end: 7, type: "city", confidence: 0.25 },
      { start: 8, end: 10, type: "city", confidence: 1 },
    ];
    assert.deepEqual(entitiesOf(text, words, mentions), [
      { start: 3, end: 17, text: "Angela  Merkel", type: "person", confidence: 0.5 },
      { start: 29, end: 35, text: "Zürich", type: "city", confidence: 0.25 },
      { start: 37, end: 39, text: "東京", type: "city", confidence: 1 },
    ]);
    assert.deepEqual(entitiesOf("", [], []), []);
  });
});
