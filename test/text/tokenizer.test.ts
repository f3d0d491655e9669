import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { hardText } from "./arbitraries.js";
import { editedTokenizer } from "./edited-tokenizer.js";

interface Reference {
  raw: { text: string; ids: number[]; offsets_utf16: [number, number][] }[];
  pretokenized: { words: string[]; ids: number[]; word_ids: (number | null)[] }[];
}

// Tests run compiled, with the project as working directory; golden files and models are not compiled.
const golden = join("test", "golden");
const folders = {
  tiny: join(golden, "tiny-bert"),
  minilm: join(".cache", "models", "all-MiniLM-L6-v2"),
};

for (const name of ["tiny", "minilm"] as const) {
  describe(`tokenizer against the Python library: ${name}`, () => {
    const reference = JSON.parse(readFileSync(join(golden, `tokenizer_${name}.json`), "utf8")) as Reference;
    let tokenizer: Tokenizer;

    before(async function () {
      if (!existsSync(join(folders[name], "tokenizer.json"))) {
        console.log(`    skipped: ${folders[name]} is not there ("npm run models" fetches it)`);
        this.skip();
      }
      tokenizer = await Tokenizer.load(folders[name]);
    });

    reference.raw.forEach(({ text, ids, offsets_utf16: offsets }) => {
      it(`encodes the text ${JSON.stringify(text.slice(0, 40))}`, () => {
        assert.deepEqual(tokenizer.encodeText(text), { ids, offsets });
      });
    });

    reference.pretokenized.forEach(({ words, ids, word_ids: wordIds }) => {
      it(`encodes the words ${JSON.stringify(words)}`, () => {
        assert.deepEqual(tokenizer.encodeWords(words), { ids, wordIds });
      });
    });

    it("encodes many sentences as it does one by one", async () => {
      const sentences = reference.pretokenized.map(({ words }) => words);
      assert.deepEqual(
        await tokenizer.encodeMany(sentences),
        reference.pretokenized.map(({ ids, word_ids: wordIds }) => ({ ids, wordIds })),
      );
    });
  });
}

describe("tokenizer", () => {
  const bytes = readFileSync(join(folders.tiny, "tokenizer.json"));
  const tokenizer = Tokenizer.fromJson(bytes);

  it("knows its special tokens and size, and carries its file on", () => {
    const { padId, unkId, clsId, sepId, maskId, vocabularySize } = tokenizer;
    assert.deepEqual([padId, unkId, clsId, sepId, maskId, vocabularySize], [0, 1, 2, 3, 4, 600]);
    assert.ok(Buffer.from(tokenizer.json).equals(bytes));
  });

  it("gives a word without pieces the unknown token, so that every word has a first piece", () => {
    for (const word of ["", "\u200b", " ", "\u0301", "\ufeff\u0000", "\ud83d"]) {
      assert.deepEqual(tokenizer.encodeWord(word), []);
      assert.deepEqual(tokenizer.piecesOfWord(word), [tokenizer.unkId]);
    }
    assert.deepEqual(tokenizer.piecesOfWord("EU"), tokenizer.encodeWord("EU"));
  });

  it("switches the file's truncation and padding off", () => {
    const limited = editedTokenizer(bytes, (file) => {
      file.truncation = { max_length: 8, strategy: "LongestFirst", stride: 0 };
      file.padding = {
        strategy: { Fixed: 8 },
        direction: "Right",
        pad_id: 0,
        pad_type_id: 0,
        pad_token: "[PAD]",
      };
    });
    for (const text of ["", "word ".repeat(50)]) {
      assert.deepEqual(limited.encodeText(text), tokenizer.encodeText(text));
    }
  });

  it("encodes a text as the words it consists of, at their places", () => {
    fc.assert(
      fc.property(hardText, (text) => {
        const { ids, offsets } = tokenizer.encodeText(text);
        assert.equal(ids.length, offsets.length);
        const inner = offsets.slice(1, -1);
        inner.forEach(([start, end], index) => {
          assert.ok(0 <= start && start < end && end <= text.length);
          assert.ok(index === 0 || start >= inner[index - 1]![0]);
        });
        assert.deepEqual(tokenizer.encodeWords([text]).ids, ids);
        // Vertical tab, form feed and U+FEFF are control characters to BERT: they vanish and part nothing.
        const parts = text.split(/([ \t\n\r\u00a0])/u);
        assert.deepEqual(tokenizer.encodeWords(parts).ids, ids);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the same pieces from its cache", () => {
    const words = ["Zürich", "Zürich", "x".repeat(200), "x".repeat(200)].map((word) =>
      tokenizer.encodeWord(word),
    );
    assert.deepEqual(words[0], words[1]);
    assert.deepEqual(words[2], words[3]);
    for (let k = 0; k < 60_000; k++) tokenizer.encodeWord(`${k}`);
    assert.deepEqual(tokenizer.encodeWord("Zürich"), words[0]);
  });

  it("lets the event loop turn while it encodes many words, and stops when asked", async () => {
    const sentence = Array.from({ length: 12_000 }, (_, k) => `word${k}`);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const [encoding] = await tokenizer.encodeMany([sentence]);
    clearInterval(timer);
    assert.ok(turns >= 3, `${turns} turns`);
    assert.equal(encoding!.wordIds.at(-2), 11_999);

    const stop = new AbortController();
    const encoding2 = tokenizer.encodeMany([sentence, sentence], { signal: stop.signal });
    stop.abort();
    await assert.rejects(
      encoding2,
      (error: unknown) => error instanceof CdlmError && error.code === "CANCELLED",
    );
  });

  it("follows the normaliser's options", () => {
    const shout = "ÉCOLE";
    assert.deepEqual(tokenizer.encodeText(shout).ids, tokenizer.encodeText("ecole").ids);
    const cased = editedTokenizer(bytes, (file) => Object.assign(file.normalizer!, { lowercase: false }));
    assert.deepEqual(cased.encodeText(shout).ids, [2, 1, 3]);
    const accents = editedTokenizer(bytes, (file) =>
      Object.assign(file.normalizer!, { strip_accents: false }),
    );
    assert.deepEqual(accents.encodeText(shout).ids, [2, 1, 3]);
    const joined = editedTokenizer(bytes, (file) =>
      Object.assign(file.normalizer!, { handle_chinese_chars: false }),
    );
    assert.deepEqual(joined.encodeText("東京").offsets, [[0, 0], [0, 2], [0, 0]]); // prettier-ignore
    assert.deepEqual(tokenizer.encodeText("ΑΣ").ids, tokenizer.encodeText("ασ").ids, "no final sigma");
  });

  it("finds added tokens with their options", () => {
    const token = { lstrip: false, rstrip: false, single_word: false, normalized: false, special: false };
    const added = editedTokenizer(bytes, (file) => {
      (file.added_tokens as unknown as unknown[]).push(
        { ...token, id: 600, content: "<x>", lstrip: true, rstrip: true },
        { ...token, id: 601, content: "New York", normalized: true },
        { ...token, id: 602, content: "foo", single_word: true },
        { ...token, id: 603, content: "New York City", normalized: true },
      );
    });
    const inner = (text: string) => {
      const { ids, offsets } = added.encodeText(text);
      return ids.map((id, k) => [id, ...offsets[k]!]).filter(([id]) => id! >= 600);
    };
    assert.equal(added.vocabularySize, 604);
    assert.deepEqual(inner("a <x> b<x>"), [[600, 1, 6], [600, 7, 10]]); // prettier-ignore
    assert.deepEqual(inner("NEW YÖRK, new york city"), [[601, 0, 8], [603, 10, 23]]); // prettier-ignore
    assert.deepEqual(inner("foo food (foo) _foo"), [[602, 0, 3], [602, 10, 13]]); // prettier-ignore
  });

  it("reads a file of an early version, without the model's type or a post-processor", () => {
    const early = editedTokenizer(bytes, (file) => {
      delete file.model!.type;
      file.post_processor = null as never;
    });
    assert.deepEqual(early.encodeText("Hello world"), tokenizer.encodeText("Hello world"));
    const bert = editedTokenizer(bytes, (file) => {
      file.post_processor = { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] };
    });
    assert.deepEqual(bert.encodeText("Hello world"), tokenizer.encodeText("Hello world"));
  });
});
