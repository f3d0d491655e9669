import assert from "node:assert/strict";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";
import { SafetensorsFile } from "../../lib/files/safetensors.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { entry, fileOf, framed } from "./safetensors-bytes.js";

const valid = fileOf(
  { __metadata__: { format: "pt" }, "a.weight": entry("F32", [2, 3], 0, 24), b: entry("F16", [4], 24, 32) },
  new Uint8Array(32),
);

type Edit = { at: number; value: number } | { cut: number } | { insert: number; text: string };

const position = fc.nat({ max: valid.length - 1 });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ at: position, value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ at: fc.nat({ max: 7 }), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ cut: position }),
  fc.record({
    insert: position,
    text: fc.constantFrom("9", "0", "-", "[", "]", "{", "}", '"', ",", "e9", "null"),
  }),
);

function apply(content: Uint8Array, change: Edit): Uint8Array {
  if ("cut" in change) return content.slice(0, change.cut);
  if ("insert" in change) {
    const head = Buffer.from(content.subarray(0, change.insert));
    return Buffer.concat([head, Buffer.from(change.text), content.subarray(change.insert)]);
  }
  const edited = content.slice();
  if (change.at < edited.length) edited[change.at] = change.value;
  return edited;
}

describe("safetensors files with damage", () => {
  const directory = useTemporaryDirectory();

  /** Opens and reads everything, or ends with one of our errors. */
  async function survives(content: Uint8Array): Promise<void> {
    const path = await directory.write("fuzz", content);
    try {
      const file = await SafetensorsFile.open(path);
      try {
        for (const name of file.tensors.keys()) {
          let total = 0;
          for await (const { data } of file.chunks(name, 8)) {
            assert.ok(data.length <= 8);
            assert.ok((total += data.length) <= content.length, "more was read than there is");
          }
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      assert.ok(error instanceof CdlmError, String(error));
      assert.ok(["FILE_INVALID"].includes(error.code), error.message);
      assert.ok(error.message.length < 2000, "the message repeats the file");
    }
  }

  it("are opened or refused, and nothing else happens", async () => {
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, (changes) => survives(changes.reduce(apply, valid))),
      { numRuns: 400 },
    );
  });

  it("may have any JSON as a header", async () => {
    const anyEntry = fc.oneof(
      fc.json(),
      fc
        .tuple(fc.constantFrom("F32", "F4", "I64", "X"), fc.array(fc.double()), fc.double(), fc.double())
        .map((parts) => JSON.stringify(entry(...parts))),
      fc
        .tuple(fc.constantFrom("F32", "BF16"), fc.array(fc.nat(4)), fc.nat(8), fc.nat(16))
        .map((parts) => JSON.stringify(entry(...parts))),
    );
    const header = fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom("__proto__", "__metadata__")), anyEntry), {
        maxLength: 3,
      })
      .map((parts) => `{${parts.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`);
    const data = fc.uint8Array({ maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(header, data, (json, rest) => survives(framed(new TextEncoder().encode(json), rest))),
      { numRuns: 400 },
    );
  });

  it("may be nested deeply", () => survives(framed(new TextEncoder().encode("[".repeat(1 << 20)))));
});
