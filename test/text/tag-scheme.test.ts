import assert from "node:assert/strict";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";
import { detectScheme, parseTag, toIob2 } from "../../lib/text/tag-scheme.js";
import { TagSet, validTransitions } from "../../lib/text/tag-set.js";
import { tagsOf, type Span } from "../../lib/text/spans.js";
import { spansWithin } from "./arbitraries.js";

/** Writes spans in BIOES, from the definition. */
function bioes(spans: readonly Span[], length: number): string[] {
  const tags = new Array<string>(length).fill("O");
  for (const { start, end, type } of spans) {
    tags.fill(`I-${type}`, start, end);
    tags[end - 1] = `E-${type}`;
    tags[start] = `${end - start === 1 ? "S" : "B"}-${type}`;
  }
  return tags;
}

/** Writes spans in IOB1, from the definition: B only where a mention touches one of its own type. */
function iob1(spans: readonly Span[], length: number): string[] {
  const tags = new Array<string>(length).fill("O");
  for (const { start, end, type } of spans) {
    tags.fill(`I-${type}`, start, end);
    if (spans.some((other) => other.end === start && other.type === type)) tags[start] = `B-${type}`;
  }
  return tags;
}

describe("tag scheme", () => {
  it("takes tags apart", () => {
    assert.deepEqual(parseTag("O"), { prefix: "O", type: "" });
    assert.deepEqual(parseTag("B-Gene_or-product"), { prefix: "B", type: "Gene_or-product" });
    assert.deepEqual(parseTag("L-x"), { prefix: "E", type: "x" });
    assert.deepEqual(parseTag("U-x"), { prefix: "S", type: "x" });
  });

  for (const tag of [
    "",
    "B",
    "B-",
    "-x",
    "X-foo",
    "o",
    "b-x",
    "Bx",
    "B_x",
    "O ",
    " O",
    "B- x",
    "I-a b",
    "__proto__",
  ]) {
    it(`refuses ${JSON.stringify(tag)} with what was expected, received and where`, () => {
      const wrong = (error: unknown) =>
        error instanceof CdlmError &&
        error.code === "DATA_INVALID" &&
        error.expected !== undefined &&
        error.received === JSON.stringify(tag);
      assert.throws(() => parseTag(tag), wrong);
      assert.throws(() => toIob2(["O", tag], "IOB2"), wrong);
      assert.throws(() => detectScheme([["O"], [tag]]), wrong);
      assert.throws(() => parseTag(tag, { file: "a.txt", line: 7 }), /^CdlmError: a\.txt:7: /);
    });
  }

  const conversions: [string, "IOB1" | "IOB2" | "BIOES", string, string][] = [
    ["IOB1 opens with I", "IOB1", "I-a I-a O I-a", "B-a I-a O B-a"],
    ["IOB1 separates touching mentions by B", "IOB1", "I-a B-a I-a I-b", "B-a B-a I-a B-b"],
    ["IOB2 stays", "IOB2", "B-a I-a B-a O B-b", "B-a I-a B-a O B-b"],
    ["a stray I opens a mention", "IOB2", "I-a O I-b I-a", "B-a O B-b B-a"],
    ["BIOES", "BIOES", "S-a B-a E-a O B-b I-b E-b", "B-a B-a I-a O B-b I-b I-b"],
    ["an I or E behind a closed mention opens one", "BIOES", "S-a I-a E-a E-a", "B-a B-a I-a B-a"],
    ["BILOU's letters", "BIOES", "U-a B-a L-a", "B-a B-a I-a"],
  ];
  for (const [name, scheme, from, to] of conversions) {
    it(`converts: ${name}`, () => assert.deepEqual(toIob2(from.split(" "), scheme), to.split(" ")));
  }

  it("refuses a closing tag outside BIOES", () => {
    assert.throws(() => toIob2(["O", "S-a"], "IOB2"), /tag 2 of the sentence does not belong to IOB2/);
    assert.throws(() => toIob2(["E-a"], "IOB1"), CdlmError);
  });

  it("writes the same IOB2 from every scheme", () => {
    fc.assert(
      fc.property(spansWithin(12), (spans) => {
        const expected = tagsOf(spans, 12);
        assert.deepEqual(toIob2(bioes(spans, 12), "BIOES"), expected);
        assert.deepEqual(toIob2(iob1(spans, 12), "IOB1"), expected);
        assert.deepEqual(toIob2(expected, "IOB2"), expected);
      }),
    );
  });

  it("detects the scheme of a data set", () => {
    assert.equal(detectScheme([]), "IOB2");
    assert.equal(detectScheme([["O"], []]), "IOB2");
    assert.equal(detectScheme([["B-a", "I-a"], ["O"]]), "IOB2");
    assert.equal(
      detectScheme([
        ["I-a", "I-a"],
        ["O", "I-b", "B-b"],
      ]),
      "IOB1",
    );
    assert.equal(detectScheme([["B-a", "O", "I-a"]]), "IOB2", "a stray I does not make it IOB1");
    assert.equal(detectScheme([["I-a", "B-b"]]), "IOB2", "IOB1 has no B behind another type");
    assert.equal(detectScheme([["B-a", "I-a"], ["S-b"]]), "BIOES");
    assert.equal(detectScheme([["B-a", "L-a"]]), "BIOES");
  });
});

describe("tag set", () => {
  const tags = new TagSet(["song", "album", "song"]);

  it("orders tags: O, then B and I of each type", () => {
    assert.deepEqual(tags.tags, ["O", "B-album", "I-album", "B-song", "I-song"]);
    assert.deepEqual(TagSet.of([["S-song"], ["O", "B-album"]]).tags, tags.tags);
    assert.deepEqual(new TagSet([]).tags, ["O"]);
    tags.tags.forEach((tag, index) => assert.equal(tags.indexOf(tag), index));
  });

  it("names what it knows when it does not know a tag", () => {
    assert.equal(tags.has("B-poem"), false);
    assert.throws(
      () => tags.indexOf("B-poem"),
      (error: unknown) =>
        error instanceof CdlmError && error.code === "LABEL_MISMATCH" && /album, song/.test(error.message),
    );
    assert.throws(() => new TagSet([""]), CdlmError);
    assert.throws(() => new TagSet(["two words"]), CdlmError);
  });

  it("allows I only behind B or I of its type", () => {
    const rows = ["O", "B-album", "I-album", "B-song", "I-song", "start"];
    const table = validTransitions(tags);
    assert.equal(table.length, 6 * 5);
    rows.forEach((before, row) =>
      tags.tags.forEach((next, column) => {
        const allowed = !next.startsWith("I") || (before !== "start" && before.slice(2) === next.slice(2));
        assert.equal(table[row * 5 + column], allowed ? 1 : 0, `${before} to ${next}`);
      }),
    );
  });
});
