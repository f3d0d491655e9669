import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { SafetensorsFile } from "../../lib/files/safetensors.js";
import { entry, fileOf, framed } from "../files/safetensors-bytes.js";
import { temporaryFolder } from "../support/small-data.js";
import { anyBytes, damaged, jsonFragments } from "./damage.js";
import { itSurvives } from "./fuzz.js";

const valid = fileOf(
  { __metadata__: { format: "pt" }, "a.weight": entry("F32", [2, 3], 0, 24), b: entry("F16", [4], 24, 32) },
  new Uint8Array(32),
);

const anyEntry = fc.oneof(
  fc.json(),
  fc
    .tuple(fc.constantFrom("F32", "F4", "I64", "X"), fc.array(fc.double()), fc.double(), fc.double())
    .map((parts) => JSON.stringify(entry(...parts))),
  fc
    .tuple(fc.constantFrom("F32", "BF16"), fc.array(fc.nat(4)), fc.nat(8), fc.nat(16))
    .map((parts) => JSON.stringify(entry(...parts))),
);
const anyName = fc.oneof(fc.string(), fc.constantFrom("__proto__", "__metadata__"));
const header = fc
  .array(fc.tuple(anyName, anyEntry), { maxLength: 3 })
  .map((parts) => `{${parts.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`);
const anyHeader = fc
  .tuple(header, anyBytes(16))
  .map(([json, data]) => framed(new TextEncoder().encode(json), data));

describe("safetensors files that anybody may have written", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder[Symbol.asyncDispose]());

  /** Opens and reads everything. */
  async function read(content: Uint8Array): Promise<void> {
    const name = path.join(folder.path, "fuzz");
    await writeFile(name, content);
    await using file = await SafetensorsFile.open(name);
    for (const tensor of file.tensors.keys()) {
      let total = 0;
      for await (const { data } of file.chunks(tensor, 8)) {
        assert.ok(data.length <= 8);
        assert.ok((total += data.length) <= content.length, "more was read than there is");
      }
    }
  }

  itSurvives("with damage", damaged(valid, jsonFragments), read, 4);
  itSurvives("with any JSON as a header", anyHeader, read, 4);
  itSurvives("of any bytes", anyBytes(), read, 2);
});
