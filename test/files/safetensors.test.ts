import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import type { ErrorCode } from "../../lib/errors.js";
import { SafetensorsFile } from "../../lib/files/safetensors.js";
import { writeSafetensors, type SafetensorsEntry } from "../../lib/files/write-safetensors.js";
import { collect } from "../data/collect.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { entry, fileOf, framed } from "./safetensors-bytes.js";

async function* inPieces(values: Float32Array, length: number): AsyncGenerator<Float32Array> {
  for (let k = 0; k < values.length; k += length) {
    yield await Promise.resolve(values.subarray(k, k + length));
  }
}

const bytes = (count: number) => new Uint8Array(count);

/** Headers that do not tell the truth, and the message that says so. */
const lies: Record<string, [Uint8Array, RegExp]> = {
  "an empty file": [bytes(0), /too short.*at least 8 bytes, received 0/],
  "a header longer than the file": [
    framed(bytes(4)).subarray(0, 10),
    /impossible length.*at most 2 bytes.* 4/,
  ],
  "a header length near 2^64": [bytes(40).fill(255), /impossible length/],
  "no JSON": [framed(new TextEncoder().encode("{]")), /header is malformed.*JSON/],
  "no UTF-8": [framed(Uint8Array.of(0x7b, 0xff, 0x7d)), /header is malformed.*UTF-8/],
  "an array": [fileOf([]), /an object of tensors/],
  "an unknown type": [fileOf({ a: entry("F31", [1], 0, 4) }, bytes(4)), /"a" is malformed/],
  "a negative extent": [fileOf({ a: entry("F32", [-1], 0, 4) }, bytes(4)), /"a" is malformed.*shape\.0/],
  "half an element": [fileOf({ a: entry("F32", [0.5], 0, 2) }, bytes(2)), /"a" is malformed/],
  "an extent as text": [fileOf({ a: entry("F32", ["1"], 0, 4) }, bytes(4)), /"a" is malformed/],
  "no offsets": [fileOf({ a: { dtype: "F32", shape: [] } }, bytes(4)), /"a" is malformed.*data_offsets/],
  "negative offsets": [fileOf({ a: entry("F32", [1], -4, 0) }, bytes(4)), /"a" is malformed/],
  "offsets the wrong way round": [fileOf({ a: entry("F32", [1], 4, 0) }, bytes(4)), /wrong offsets/],
  "too few bytes for the shape": [fileOf({ a: entry("F32", [2], 0, 4) }, bytes(4)), /8 bytes for \[2\] F32/],
  "a shape beyond 2^53": [
    fileOf({ a: entry("F32", [2 ** 40, 2 ** 40], 0, 4) }, bytes(4)),
    /impossible shape/,
  ],
  "half a byte": [fileOf({ a: entry("F4", [3], 0, 2) }, bytes(2)), /impossible shape/],
  overlap: [
    fileOf({ a: entry("F32", [2], 0, 8), b: entry("F32", [1], 4, 8) }, bytes(8)),
    /"b" overlaps another.*byte 8.*byte 4/,
  ],
  "a gap": [fileOf({ a: entry("F32", [1], 4, 8) }, bytes(8)), /"a" leaves a gap before it/],
  truncation: [fileOf({ a: entry("F32", [2], 0, 8) }, bytes(7)), /truncated; expected 8 .*received 7/],
  "bytes behind the last tensor": [fileOf({ a: entry("F32", [1], 0, 4) }, bytes(5)), /belong to no tensor/],
  "metadata of numbers": [fileOf({ __metadata__: { a: 1 } }), /"__metadata__" is malformed.*texts by name/],
};

describe("safetensors files", () => {
  const directory = useTemporaryDirectory();

  for (const [name, [content, message]] of Object.entries(lies)) {
    it(`refuses ${name}`, async () => {
      const file = await directory.write("a.safetensors", content);
      await assert.rejects(SafetensorsFile.open(file), { code: "FILE_INVALID", message, file });
    });
  }

  it("says when there is no file, or a folder", async () => {
    const missing = directory.file("none");
    await assert.rejects(SafetensorsFile.open(missing), isCdlmError("FILE_NOT_FOUND", { file: missing }));
    await assert.rejects(SafetensorsFile.open(directory.file("")), isCdlmError("FILE_INVALID"));
  });

  it("reads tensors in chunks of whole elements, in any order of the header", async () => {
    const data = Uint8Array.from({ length: 22 }, (_, k) => k);
    const header = {
      b: entry("BF16", [5], 12, 22),
      __metadata__: { format: "pt" },
      a: entry("F32", [3], 0, 12),
    };
    const file = await SafetensorsFile.open(await directory.write("a.safetensors", fileOf(header, data)));
    assert.deepEqual(file.metadata, { format: "pt" });
    assert.deepEqual(file.tensors.get("b")?.shape, [5]);
    const chunks = await collect(file.chunks("b", 7));
    assert.deepEqual(
      chunks.map(({ offset, data }) => [offset, ...data]),
      [
        [0, 12, 13, 14, 15, 16, 17],
        [3, 18, 19, 20, 21],
      ],
    );
    assert.equal((await collect(file.chunks("a", 4))).length, 3);
    await assert.rejects(collect(file.chunks("a", 3)), isCdlmError("INVALID_OPTION"));
    await assert.rejects(collect(file.chunks("c")), isCdlmError("FILE_INVALID", { file: file.path }));
    await file.close();
    await file.close();
    await assert.rejects(collect(file.chunks("a")), isCdlmError("INVALID_STATE"));
  });

  it("lists other types, scalars and empty tensors, and does not read other types", async () => {
    const header = {
      a: entry("I64", [1], 0, 8),
      b: entry("F4", [2], 8, 9),
      c: entry("F32", [2 ** 50, 0, 2 ** 50], 9, 9),
    };
    const file = await SafetensorsFile.open(await directory.write("a.safetensors", fileOf(header, bytes(9))));
    assert.deepEqual([...file.tensors.keys()], ["a", "b", "c"]);
    assert.deepEqual(await collect(file.chunks("c")), []);
    await assert.rejects(
      collect(file.chunks("a")),
      isCdlmError("FILE_INVALID", { expected: "F32, F16, BF16", received: "I64" }),
    );
    await file.close();
  });

  it("returns what was written", async () => {
    const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
    const name = fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => text !== "__metadata__");
    const names = fc.uniqueArray(fc.tuple(name, shape), { selector: ([text]) => text, maxLength: 5 });
    const metadata = fc.dictionary(name, fc.string(), { maxKeys: 3, noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(names, metadata, fc.integer({ min: 1, max: 9 }), async (tensors, texts, piece) => {
        const valuesOf = (extents: number[], k: number) =>
          Float32Array.from({ length: extents.reduce((a, b) => a * b, 1) }, (_, i) => 100 * k + i);
        const entries = tensors.map(([text, extents], k): SafetensorsEntry => ({
          name: text,
          shape: extents,
          chunks: inPieces(valuesOf(extents, k), piece),
        }));
        await writeSafetensors(directory.file("b"), entries, texts);
        const file = await SafetensorsFile.open(directory.file("b"));
        assert.deepEqual({ ...file.metadata }, texts);
        for (const [k, [text, extents]] of tensors.entries()) {
          assert.deepEqual(file.tensors.get(text)?.shape, extents);
          const read = (await collect(file.chunks(text, 4 * piece))).flatMap(({ data }) => [...data]);
          assert.deepEqual([...new Float32Array(Uint8Array.from(read).buffer)], [...valuesOf(extents, k)]);
        }
        await file.close();
      }),
      { numRuns: 60 },
    );
  });

  it("begins tensors at a multiple of 8 bytes", async () => {
    const chunks = inPieces(Float32Array.of(1), 1);
    await writeSafetensors(directory.file("b"), [{ name: "abc", shape: [], chunks }]);
    const content = await readFile(directory.file("b"));
    assert.equal(content.readBigUint64LE(0) % 8n, 0n);
    assert.equal(content.readFloatLE(content.length - 4), 1);
  });

  it("refuses elements that do not fill the shape, and names that are taken", async () => {
    const write = (values: number[], names: string[]) =>
      writeSafetensors(
        directory.file("b"),
        names.map((text) => ({ name: text, shape: [2], chunks: inPieces(Float32Array.from(values), 1) })),
      );
    const cases: [number[], string[], ErrorCode][] = [
      [[1], ["a"], "SHAPE_MISMATCH"],
      [[1, 2, 3], ["a"], "SHAPE_MISMATCH"],
      [[1, 2], ["a", "a"], "INVALID_OPTION"],
      [[1, 2], ["__metadata__"], "INVALID_OPTION"],
    ];
    for (const [values, names, code] of cases) await assert.rejects(write(values, names), isCdlmError(code));
    assert.deepEqual(await directory.list(), []);
  });
});
