import assert from "node:assert/strict";
import { CdlmError } from "../../lib/errors.js";
import { entitiesOf } from "../../lib/text/entities.js";
import { splitWords } from "../../lib/text/word-split.js";

describe("entities", () => {
  const text = "😀 Angela  Merkel's visit to Zürich\u00a0(東京).";
  const words = splitWords(text);

  it("gives UTF-16 places in the original text and the lowest confidence of the words", () => {
    const tags = ["O", "B-person", "I-person", "O", "O", "O", "B-city", "O", "B-city", "I-city", "O", "O"];
    assert.equal(words.length, tags.length);
    const confidences = Float32Array.from(tags, (_, index) => (index + 1) / 16);
    assert.deepEqual(entitiesOf(text, words, tags, confidences), [
      { start: 3, end: 17, text: "Angela  Merkel", type: "person", confidence: 2 / 16 },
      { start: 29, end: 35, text: "Zürich", type: "city", confidence: 7 / 16 },
      { start: 37, end: 39, text: "東京", type: "city", confidence: 9 / 16 },
    ]);
  });

  it("finds none where there is none", () => {
    assert.deepEqual(entitiesOf("", [], [], []), []);
    assert.deepEqual(entitiesOf("a", splitWords("a"), ["O"], [1]), []);
  });

  it("refuses lengths that differ", () => {
    for (const [tags, confidences] of [
      [["O"], [1, 1]],
      [["O", "O"], [1]],
    ] as [string[], number[]][]) {
      // prettier-ignore
      assert.throws(
        () => entitiesOf("a b", splitWords("a b"), tags, confidences),
        (error: unknown) => error instanceof CdlmError && error.code === "SHAPE_MISMATCH",
      );
    }
  });
});
