import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CdlmError } from "../../lib/errors.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { editedTokenizer, type TokenizerParts } from "./edited-tokenizer.js";

describe("tokenizer file", () => {
  const bytes = readFileSync(join("test", "golden", "tiny-bert", "tokenizer.json"));

  type Edit = (file: TokenizerParts) => unknown;
  const vocabulary = (file: TokenizerParts) => file.model!.vocab as Record<string, unknown>;
  const refused: [name: string, code: string, edit: Edit][] = [
    [
      "a BPE model",
      "ARCHITECTURE_UNSUPPORTED",
      (file) => (file.model = { type: "BPE", vocab: {}, merges: [] }),
    ],
    [
      "a Unigram model",
      "ARCHITECTURE_UNSUPPORTED",
      (file) => (file.model = { type: "Unigram", vocab: [["a", 0]] }),
    ],
    ["a model without a name", "ARCHITECTURE_UNSUPPORTED", (file) => (file.model = { vocab: {} })],
    ["another normaliser", "ARCHITECTURE_UNSUPPORTED", (file) => (file.normalizer = { type: "NFC" })],
    ["no normaliser", "ARCHITECTURE_UNSUPPORTED", (file) => delete file.normalizer],
    [
      "another pre-tokenizer",
      "ARCHITECTURE_UNSUPPORTED",
      (file) => (file.pre_tokenizer = { type: "ByteLevel" }),
    ],
    [
      "RoBERTa's boundaries",
      "ARCHITECTURE_UNSUPPORTED",
      (file) => (file.post_processor = { type: "RobertaProcessing" }),
    ],
    ["a template of two texts", "ARCHITECTURE_UNSUPPORTED", (file) => (file.post_processor!.single = [])],
    ["no model", "FILE_INVALID", (file) => delete file.model],
    ["no vocabulary", "FILE_INVALID", (file) => delete file.model!.vocab],
    ["an id that is no number", "FILE_INVALID", (file) => (vocabulary(file).a = "1")],
    ["a negative id", "FILE_INVALID", (file) => (vocabulary(file)["[PAD]"] = -1)],
    ["an id given twice", "FILE_INVALID", (file) => (vocabulary(file).newword = 7)],
    ["no unknown token", "FILE_INVALID", (file) => (file.model!.unk_token = "<nothing>")],
    [
      "no mask token",
      "FILE_INVALID",
      (file) => {
        delete vocabulary(file)["[MASK]"];
        file.added_tokens = [] as never;
      },
    ],
    [
      "an added token without id",
      "FILE_INVALID",
      (file) => (file.added_tokens = [{ content: "x" }] as never),
    ],
  ];
  for (const [name, code, edit] of refused) {
    it(`refuses ${name} and names the file`, () => {
      assert.throws(
        () => editedTokenizer(bytes, edit),
        (error: unknown) => {
          assert.ok(error instanceof CdlmError, String(error));
          assert.equal(error.code, code);
          assert.equal(error.file, "a/tokenizer.json");
          return error.expected !== undefined && error.received !== undefined;
        },
      );
    });
  }

  const malformed: [string, string | Buffer][] = [
    ["an empty file", ""],
    ["a truncated file", bytes.subarray(0, 500)],
    ["a list", "[]"],
    ["null", "null"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
  ];
  for (const [name, content] of malformed) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => Tokenizer.fromJson(Buffer.from(content as string), "b.json"),
        (error: unknown) =>
          error instanceof CdlmError && error.code === "FILE_INVALID" && error.file === "b.json",
      );
    });
  }

  it("says which file is missing or unreadable", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cdlm-tokenizer-"));
    try {
      const fails = (path: string, code: string) =>
        assert.rejects(Tokenizer.load(path), (error: unknown) => {
          return (
            error instanceof CdlmError && error.code === code && error.file === join(path, "tokenizer.json")
          );
        });
      await fails(folder, "FILE_NOT_FOUND");
      await fails(join(folder, "no-folder"), "FILE_NOT_FOUND");
      await writeFile(join(folder, "file"), "");
      await fails(join(folder, "file"), "FILE_NOT_FOUND");
      await mkdir(join(folder, "tokenizer.json"));
      await fails(folder, "FILE_INVALID");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
