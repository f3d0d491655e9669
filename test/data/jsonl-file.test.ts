import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { readJsonlFile, writeJsonlFile } from "../../lib/data/jsonl-file.js";
import type { Sentence } from "../../lib/data/sentence.js";
import type { TagScheme } from "../../lib/text/tag-scheme.js";
import { spansOf } from "../../lib/text/spans.js";
import { collect } from "./collect.js";
import { isCdlmError } from "./expect-error.js";
import { useTemporaryDirectory } from "./temporary-directory.js";

interface Entity {
  start: number;
  end: number;
  type: string;
}

/** The entities that words, tags and offsets stand for. */
function entitiesOf({ tags, offsets }: Sentence): Entity[] {
  return spansOf(tags).map(({ start, end, type }) => ({
    start: offsets![start]![0],
    end: offsets![end - 1]![1],
    type,
  }));
}

describe("JSONL files", () => {
  const place = useTemporaryDirectory();

  const readRecords = async (...records: unknown[]) =>
    collect(
      readJsonlFile(
        await place.write("data.jsonl", records.map((record) => JSON.stringify(record)).join("\n")),
      ),
    );

  it("reads text with entities, in UTF-16 offsets", async () => {
    const text = "😀 Marie Curie lived in Paris.";
    const entities = [
      { start: 24, end: 29, type: "city", confidence: 0.9 },
      { start: 3, end: 14, type: "person", text: "Marie Curie" },
    ];
    const [sentence] = await readRecords({ text, entities });
    assert.equal(sentence!.text, text);
    assert.deepEqual(
      sentence!.offsets!.map(([start, end]) => text.slice(start, end)),
      sentence!.words,
    );
    const mentions = spansOf(sentence!.tags).map(({ start, end, type }) => [
      type,
      ...sentence!.words.slice(start, end),
    ]);
    assert.deepEqual(mentions, [
      ["person", "Marie", "Curie"],
      ["city", "Paris"],
    ]);
    assert.equal(sentence!.id, undefined);
    assert.equal(sentence!.extra, undefined);
  });

  it("reads tokens with tags of any scheme", async () => {
    const file = await place.write(
      "data.jsonl",
      '\uFEFF{"tokens": ["New", "York", "Rome"], "tags": ["B-x", "E-x", "S-x"]}\r\n\r\n{"tokens": ["a"], "tags": ["O"]}',
    );
    let scheme: TagScheme | undefined;
    assert.deepEqual(await collect(readJsonlFile(file, { onScheme: (found) => (scheme = found) })), [
      { words: ["New", "York", "Rome"], tags: ["B-x", "I-x", "B-x"] },
      { words: ["a"], tags: ["O"] },
    ]);
    assert.equal(scheme, "BIOES");
  });

  it("keeps ids and unknown fields, and writes them back", async () => {
    const records = [
      { id: "a-1", tokens: ["Rome"], tags: ["B-city"], source: { page: 3, tags: ["x"] }, text: "Rome!" },
      { id: 0, text: "Rome fell", entities: [{ start: 0, end: 4, type: "city" }], split: null },
      { tokens: ["x"], tags: ["O"], list: [1, "2"] },
    ];
    const sentences = await readRecords(...records);
    assert.deepEqual(
      sentences.map(({ id }) => id),
      ["a-1", 0, undefined],
    );
    assert.deepEqual(sentences[1]!.extra, { split: null });
    const file = place.file("written.jsonl");
    await writeJsonlFile(file, sentences);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      records,
    );
  });

  it("splits a word at an entity's border, so that nothing is lost", async () => {
    const text = "anti-EUsentiment";
    const [sentence] = await readRecords({ text, entities: [{ start: 5, end: 7, type: "org" }] });
    assert.deepEqual(entitiesOf(sentence!), [{ start: 5, end: 7, type: "org" }]);
    assert.equal(sentence!.words.join(""), text);
    const adjacent = [
      { start: 0, end: 4, type: "x" },
      { start: 4, end: 6, type: "x" },
    ];
    const [touching] = await readRecords({ text: "abcdef", entities: adjacent });
    assert.deepEqual(touching!.words, ["abcd", "ef"]);
    assert.deepEqual(touching!.tags, ["B-x", "B-x"]);
  });

  it("gives every entity back whole, whatever its borders", async () => {
    const texts = fc.string({
      unit: fc.constantFrom("a", "B", " ", "-", ".", "é", "e\u0301", "中", "😀", "1"),
      maxLength: 30,
    });
    const cases = texts.chain((text) =>
      fc.tuple(fc.constant(text), fc.uniqueArray(fc.nat({ max: text.length }), { maxLength: 8 })),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([text, positions]) => {
        const isBorder = (at: number) =>
          !/^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, at - 1), at + 1));
        const borders = positions.filter(isBorder).sort((a, b) => a - b);
        const entities = borders.flatMap((start, index) => {
          const end = borders[index + 1];
          return index % 2 === 0 && end !== undefined
            ? [{ start, end, type: index % 4 === 0 ? "x" : "y" }]
            : [];
        });
        // Entities that begin or end with white space are given back without it; one of white space alone is refused.
        const trim = ({ start, end, type }: Entity) => {
          const found = text.slice(start, end);
          return { start: end - found.trimStart().length, end: start + found.trimEnd().length, type };
        };
        fc.pre(
          text.trim() !== "" && entities.every(({ start, end }) => text.slice(start, end).trim() !== ""),
        );
        const [sentence] = await readRecords({ text, entities });
        assert.deepEqual(entitiesOf(sentence!), entities.map(trim));
        assert.deepEqual(
          sentence!.offsets!.map(([start, end]) => text.slice(start, end)),
          sentence!.words,
        );
        assert.equal(sentence!.words.join(""), text.replaceAll(" ", ""));

        const file = place.file("again.jsonl");
        await writeJsonlFile(file, [sentence!]);
        assert.deepEqual(await collect(readJsonlFile(file)), [sentence]);
      }),
      { numRuns: 150 },
    );
  });

  it("refuses bad records, naming the line", async () => {
    const entity = (start: number, end: number, more: object = {}) => ({ start, end, type: "x", ...more });
    const text = "😀 Rome fell";
    const table: [record: unknown, message: RegExp][] = [
      ["{", /not JSON/],
      [[1], /no record/],
      [null, /no record/],
      [{ words: ["a"] }, /no record.*the keys \["words"\]/],
      [{ text }, /entities/],
      [{ tokens: ["a"] }, /tags/],
      [{ tokens: ["a"], tags: [1] }, /tags\.0/],
      [{ tokens: "a", tags: ["O"] }, /tokens/],
      [{ id: {}, tokens: ["a"], tags: ["O"] }, /id/],
      [{ tokens: ["a", "b"], tags: ["O"] }, /words and tags differ; expected 2 tags, received 1/],
      [{ tokens: ["a", ""], tags: ["O", "O"] }, /an empty token.*token 2/],
      [{ tokens: [], tags: [] }, /without words/],
      [{ tokens: ["a"], tags: ["city"] }, /received "city"/],
      [{ text: " ", entities: [] }, /without words/],
      [{ text, entities: [{ start: 0, end: 1 }] }, /entities\.0\.type/],
      [{ text, entities: [{ start: 0.5, end: 2, type: "x" }] }, /entities\.0\.start/],
      [{ text, entities: [{ start: 0, end: 2, type: "two words" }] }, /without white space/],
      [
        { text, entities: [entity(3, 13)] },
        /out of range; expected 0 ≤ start < end ≤ 12.*received x at 3 to 13/,
      ],
      [{ text, entities: [entity(-1, 2)] }, /out of range/],
      [{ text, entities: [entity(3, 3)] }, /out of range/],
      [{ text, entities: [entity(5, 3)] }, /out of range/],
      [
        { text, entities: [entity(3, 7), entity(6, 12)] },
        /overlaps another; expected a start behind x at 3 to 7, received x at 6 to 12/,
      ],
      [{ text, entities: [entity(3, 7), entity(3, 7)] }, /overlaps another/],
      [{ text, entities: [entity(3, 12), entity(8, 12)] }, /overlaps another/],
      [{ text, entities: [entity(1, 7)] }, /cuts a character/],
      [{ text, entities: [entity(2, 3)] }, /covers no word/],
      [{ text, entities: [entity(2, 6, { text: "Rome" })] }, /is " Rom" in the text.*UTF-16/],
    ];
    for (const [record, message] of table) {
      const line = typeof record === "string" ? record : JSON.stringify(record);
      const file = await place.write("bad.jsonl", `{"tokens": ["a"], "tags": ["O"]}\n\n${line}\n`);
      await assert.rejects(collect(readJsonlFile(file)), (error: Error) => {
        isCdlmError("DATA_INVALID", { file, line: 3 })(error);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  it("refuses an empty file, wrong encoding, and writes nothing of a broken sentence", async () => {
    const empty = await place.write("empty.jsonl", "\n \n");
    await assert.rejects(collect(readJsonlFile(empty)), isCdlmError("DATA_EMPTY", { file: empty }));
    const latin = await place.write(
      "latin.jsonl",
      Buffer.from('\n{"text": "caf\xe9", "entities": []}', "latin1"),
    );
    await assert.rejects(collect(readJsonlFile(latin)), isCdlmError("DATA_INVALID", { line: 2 }));
    const file = place.file("out.jsonl");
    const broken = { words: ["a"], tags: ["O"], text: "a" };
    await assert.rejects(writeJsonlFile(file, [broken]), isCdlmError("DATA_INVALID"));
    assert.ok(!(await place.list()).includes("out.jsonl"));
  });
});
