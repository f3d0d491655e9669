import assert from "node:assert/strict";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";
import { spansOf, tagsOf } from "../../lib/text/spans.js";
import { spansWithin } from "./arbitraries.js";

const brief = (tags: string, reading: "conll" | "strict") =>
  spansOf(tags === "" ? [] : tags.split(" "), reading)
    .map(({ start, end, type }) => `${type}${start}-${end}`)
    .join(" ");

describe("spans", () => {
  const cases: [tags: string, conll: string, strict: string][] = [
    ["", "", ""],
    ["O O", "", ""],
    ["B-a", "a0-1", "a0-1"],
    ["B-a I-a O B-a", "a0-2 a3-4", "a0-2 a3-4"],
    ["B-a B-a I-a", "a0-1 a1-3", "a0-1 a1-3"],
    ["I-a I-a", "a0-2", ""],
    ["O I-a", "a1-2", ""],
    ["B-a I-b I-b", "a0-1 b1-3", "a0-1"],
    ["B-a I-b I-a", "a0-1 b1-2 a2-3", "a0-1"],
    ["B-a O I-a B-b", "a0-1 a2-3 b3-4", "a0-1 b3-4"],
  ];
  for (const [tags, conll, strict] of cases) {
    it(`reads "${tags}"`, () => {
      assert.equal(brief(tags, "conll"), conll);
      assert.equal(brief(tags, "strict"), strict);
    });
  }

  it("gives back the spans that tags were written from, in both readings", () => {
    fc.assert(
      fc.property(spansWithin(12), (spans) => {
        const tags = tagsOf([...spans].reverse(), 12);
        assert.equal(tags.length, 12);
        assert.deepEqual(spansOf(tags), spans);
        assert.deepEqual(spansOf(tags, "strict"), spans);
      }),
    );
  });

  it("refuses tags of other schemes", () => {
    assert.throws(() => spansOf(["O", "S-a"]), /tag 2 of the sentence is not IOB2/);
    assert.throws(() => spansOf(["B"]), CdlmError);
  });

  const bad: [string, { start: number; end: number }[]][] = [
    ["empty", [{ start: 1, end: 1 }]],
    ["reversed", [{ start: 2, end: 1 }]],
    ["before the sentence", [{ start: -1, end: 1 }]],
    ["beyond the sentence", [{ start: 2, end: 4 }]],
    ["overlapping", [{ start: 0, end: 2 }, { start: 1, end: 3 }]], // prettier-ignore
    ["fractional", [{ start: 0.5, end: 2 }]],
  ];
  for (const [name, spans] of bad) {
    it(`refuses to write a span that is ${name}`, () => {
      assert.throws(
        () => tagsOf(spans.map((span) => ({ ...span, type: "a" })), 3), // prettier-ignore
        (error: unknown) => error instanceof CdlmError && error.code === "DATA_INVALID",
      );
    });
  }
});
