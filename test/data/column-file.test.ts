import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { readColumnFile, writeColumnFile } from "../../lib/data/column-file.js";
import type { Sentence } from "../../lib/data/sentence.js";
import type { TagScheme } from "../../lib/text/tag-scheme.js";
import { collect } from "./collect.js";
import { isCdlmError } from "./expect-error.js";
import { useTemporaryDirectory } from "./temporary-directory.js";

describe("column files", () => {
  const place = useTemporaryDirectory();

  async function read(
    content: string | Buffer,
  ): Promise<{ sentences: Sentence[]; scheme: TagScheme | undefined }> {
    let scheme: TagScheme | undefined;
    const file = await place.write("data.txt", content);
    const sentences = await collect(readColumnFile(file, { onScheme: (found) => (scheme = found) }));
    return { sentences, scheme };
  }

  it("reads token TAB tag, with and without an empty line at the end", async () => {
    const expected = [
      { words: ["Anna", "Karenina", "left"], tags: ["B-book", "I-book", "O"] },
      { words: ["Rome"], tags: ["B-city"] },
    ];
    for (const end of ["", "\n", "\n\n", "\n\n\n  \n"]) {
      const { sentences } = await read(`\n\nAnna\tB-book\nKarenina\tI-book\nleft\tO\n\n\nRome\tB-city${end}`);
      assert.deepEqual(sentences, expected);
    }
  });

  it("reads columns separated by spaces, CoNLL's four, and skips document marks", async () => {
    const conll =
      "-DOCSTART- -X- O O\n\nU.N. NNP I-NP I-ORG \nofficial NN I-NP O\n-DOCSTART- -X- O O\nRome NNP I-NP I-LOC\n";
    const { sentences, scheme } = await read(conll);
    assert.deepEqual(sentences, [
      { words: ["U.N.", "official"], tags: ["B-ORG", "O"] },
      { words: ["Rome"], tags: ["B-LOC"] },
    ]);
    assert.equal(scheme, "IOB1");
    assert.deepEqual((await read("Rome   B-LOC\n")).sentences, [{ words: ["Rome"], tags: ["B-LOC"] }]);
  });

  it("accepts CRLF and a byte order mark, and keeps spaces inside tokens of TAB lines", async () => {
    const { sentences } = await read("\uFEFFRome\tB-LOC\r\nNew York\tB-LOC\r\n\r\nx\tO\r\n");
    assert.deepEqual(sentences, [
      { words: ["Rome", "New York"], tags: ["B-LOC", "B-LOC"] },
      { words: ["x"], tags: ["O"] },
    ]);
  });

  it("detects the scheme over the whole file and gives IOB2", async () => {
    const tagged = (...sentences: string[]) =>
      sentences
        .map((tags) =>
          tags
            .split(" ")
            .map((tag) => `w\t${tag}\n`)
            .join(""),
        )
        .join("\n");
    const cases: [TagScheme, string, string[]][] = [
      ["IOB2", tagged("B-x I-x O B-x", "B-y B-y"), ["B-x I-x O B-x", "B-y B-y"]],
      ["IOB1", tagged("I-x I-x O I-x", "I-y B-y I-y"), ["B-x I-x O B-x", "B-y B-y I-y"]],
      ["BIOES", tagged("B-x I-x E-x S-x", "S-y S-y O"), ["B-x I-x I-x B-x", "B-y B-y O"]],
      ["BIOES", tagged("B-x L-x U-x", "O"), ["B-x I-x B-x", "O"]],
      // The first sentence alone would be IOB1, the second alone IOB2 as well as IOB1.
      ["BIOES", tagged("I-x O", "B-x", "S-x"), ["B-x O", "B-x", "B-x"]],
    ];
    for (const [scheme, content, expected] of cases) {
      const found = await read(content);
      assert.equal(found.scheme, scheme, content);
      assert.deepEqual(
        found.sentences.map(({ tags }) => tags.join(" ")),
        expected,
      );
    }
  });

  it("streams: a sentence arrives before a later line is looked at", async () => {
    const file = await place.write("data.txt", "a\tO\n\nbad line without tag\n");
    const sentences = readColumnFile(file);
    assert.deepEqual((await sentences.next()).value, { words: ["a"], tags: ["O"] });
    await assert.rejects(sentences.next(), isCdlmError("DATA_INVALID", { line: 3 }));
  });

  it("refuses bad input, naming file, line, expected and received", async () => {
    const good = "a\tO\n\n";
    const table: [content: string | Buffer, line: number, message: RegExp][] = [
      [good + "Rome\n", 3, /one column; expected a token and a tag.*received "Rome"/],
      [good + "Rome\t\n", 3, /one column/],
      [good + "\tO\n", 3, /an empty token.*received "\\tO"/],
      [good + "  \tO\n", 3, /an empty token/],
      [good + " O\n", 3, /an empty token/],
      [good + "Rome\tLOC\n", 3, /expected "O", or one of B-.*received "LOC"/],
      [good + "Rome\tB-\n", 3, /received "B-"/],
      [good + "Rome\tX-LOC\n", 3, /received "X-LOC"/],
      [good + "Rome\to\n", 3, /received "o"/],
      ["A O\rB O\r\rC O\r", 1, /a carriage return within a line/],
      [good + "Rome\tNNP\tB-LOC\n", 3, /3 columns; expected 2 columns/],
      [good + "New York B-LOC\n", 3, /3 columns; expected 2 columns/],
      [
        Buffer.concat([Buffer.from(good + "x\tO\n"), Buffer.from([0x63, 0x61, 0xe9, 0x09, 0x4f])]),
        4,
        /valid UTF-8/,
      ],
      [Buffer.from("\uFEFFa\tO\n", "utf16le"), 1, /valid UTF-8/],
    ];
    for (const [content, line, message] of table) {
      const file = await place.write("bad.txt", content);
      await assert.rejects(collect(readColumnFile(file)), (error: Error) => {
        isCdlmError("DATA_INVALID", { file, line })(error);
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`${file}:${line}: `), error.message);
        return true;
      });
    }
  });

  it("refuses an empty data set, a missing file, a directory and a cancelled read", async () => {
    for (const content of ["", "\n\n", "-DOCSTART- -X- O O\n\n"]) {
      await assert.rejects(read(content), isCdlmError("DATA_EMPTY"));
    }
    const consume = (file: string, signal?: AbortSignal) => collect(readColumnFile(file, { signal }));
    await assert.rejects(consume(place.file("none.txt")), isCdlmError("FILE_NOT_FOUND"));
    await assert.rejects(consume(place.file("")), isCdlmError("FILE_INVALID"));
    const file = await place.write("data.txt", "a\tO\n");
    await assert.rejects(consume(file, AbortSignal.abort()), isCdlmError("CANCELLED"));
  });

  it("reads lines longer than a chunk of the stream", async () => {
    const word = "ä".repeat(200_000);
    assert.deepEqual((await read(`${word}\tO\n${word}\tO\n`)).sentences, [
      { words: [word, word], tags: ["O", "O"] },
    ]);
  });

  it("writes what it reads back", async () => {
    const word = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
      .filter((text) => !/^ *$|[\t\r\n\uFEFF]/.test(text));
    const tagged = fc.tuple(word, fc.constantFrom("O", "B-x", "I-x", "B-y"));
    const sentence = fc.array(tagged, { minLength: 1, maxLength: 6 }).map((pairs) => {
      // An I behind anything but its own type would be read as a B.
      const tags = pairs.map(([, tag], at) =>
        tag === "I-x" && !pairs[at - 1]?.[1].endsWith("x") ? "B-x" : tag,
      );
      return { words: pairs.map(([text]) => text), tags };
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sentence, { minLength: 1, maxLength: 5 }), async (sentences) => {
        const file = place.file("written.txt");
        await writeColumnFile(file, sentences);
        assert.deepEqual(await collect(readColumnFile(file)), sentences);
      }),
      { numRuns: 60 },
    );
  });

  it("writes whole files or none", async () => {
    const file = await place.write("kept.txt", "old\tO\n");
    for (const word of ["", " ", "a\tb", "a\nb", "-DOCSTART-", "\uD800", "\uFEFFa"]) {
      const sentences = [
        { words: ["fine"], tags: ["O"] },
        { words: [word], tags: ["O"] },
      ];
      await assert.rejects(
        writeColumnFile(file, sentences),
        isCdlmError("DATA_INVALID"),
        JSON.stringify(word),
      );
    }
    await assert.rejects(writeColumnFile(file, [{ words: ["a"], tags: [] }]), isCdlmError("DATA_INVALID"));
    assert.equal(await readFile(file, "utf8"), "old\tO\n");
    assert.deepEqual(await place.list(), ["kept.txt"]);
    const nowhere = place.file("no/such/directory.txt");
    await assert.rejects(writeColumnFile(nowhere, []), isCdlmError("FILE_WRITE_FAILED", { file: nowhere }));
  });
});
