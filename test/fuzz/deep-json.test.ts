import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { loadSentences } from "../../lib/data/dataset.js";
import { CdlmError } from "../../lib/errors.js";
import { parseJson } from "../../lib/files/parse-json.js";
import { parseHeader } from "../../lib/files/safetensors-header.js";
import { parseCdlmFile } from "../../lib/model/cdlm-file.js";
import { parseEncoderConfig } from "../../lib/model/encoder-config.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { readCheckpoint } from "../../lib/training/checkpoint.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";

const levels = 200_000;
const bytes = (text: string) => new TextEncoder().encode(text);

describe("JSON nested deeper than any stack", () => {
  const directory = useTemporaryDirectory();

  const readers: Record<string, (json: string) => unknown> = {
    "config.json": (json) => parseEncoderConfig(json, "f"),
    "cdlm.json": (json) => parseCdlmFile(json, "f"),
    "tokenizer.json": (json) => Tokenizer.fromJson(bytes(json), "f"),
    "a safetensors header": (json) => parseHeader(bytes(json), 0, "f"),
    JSONL: async (json) => loadSentences(await directory.write("deep.jsonl", json)),
    "a checkpoint": async (json) => {
      await mkdir(directory.file("checkpoint"));
      await writeFile(path.join(directory.file("checkpoint"), "state.json"), json);
      await readCheckpoint(directory.file("."));
    },
  };
  const documents = {
    lists: "[".repeat(levels) + "]".repeat(levels),
    "lists without an end": "[".repeat(levels),
    objects: '{"a":'.repeat(levels) + "0" + "}".repeat(levels),
  };
  for (const [name, read] of Object.entries(readers))
    for (const [what, json] of Object.entries(documents))
      it(`${name} of ${what} is refused`, async () => {
        await assert.rejects(
          Promise.resolve(json).then(read),
          (error) => error instanceof CdlmError && error.message.length < 2000,
        );
      });

  it("brackets in strings are none", () => {
    const text = `${"[".repeat(600)}\\"${"{".repeat(600)}`;
    assert.deepEqual(parseJson(JSON.stringify([text])), [text]);
  });
});
