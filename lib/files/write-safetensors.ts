import { CdlmError } from "../errors.js";
import { writeAtomically } from "./atomic-file.js";
import type { FileSystem } from "./file-system.js";
import { elementCount } from "./safetensors-header.js";

export interface SafetensorsEntry {
  name: string;
  shape: readonly number[];
  /** All elements in order; drawn one at a time, when the previous one is on its way to the disk. */
  chunks: AsyncIterable<Float32Array>;
}

/**
 * Writes tensors as F32, in the given order, without holding more than one chunk in memory. The file appears whole or
 * not at all.
 * @throws CdlmError FILE_WRITE_FAILED; SHAPE_MISMATCH when chunks do not add up to the shape; INVALID_OPTION when two
 * tensors have one name
 */
export async function writeSafetensors(
  path: string,
  entries: readonly SafetensorsEntry[],
  metadata: Readonly<Record<string, string>> = {},
  fileSystem?: FileSystem,
): Promise<void> {
  const header = encodeHeader(entries, metadata);
  await writeAtomically(
    path,
    async (sink) => {
      await sink.write(header);
      for (const entry of entries) for await (const bytes of checkedBytes(entry)) await sink.write(bytes);
    },
    fileSystem,
  );
}

function encodeHeader(
  entries: readonly SafetensorsEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const described: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) described.push(["__metadata__", metadata]);
  const names = new Set(["__metadata__"]);
  let begin = 0;
  for (const { name, shape } of entries) {
    if (names.has(name)) throw new CdlmError("INVALID_OPTION", `the name "${name}" is taken`);
    names.add(name);
    const end = begin + 4 * elementCount(shape);
    if (!Number.isSafeInteger(end)) {
      throw new CdlmError("INTERNAL", `tensor "${name}" has the impossible shape [${shape.join()}]`);
    }
    described.push([name, { dtype: "F32", shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  return frame(JSON.stringify(Object.fromEntries(described)));
}

/** Length, then JSON, padded with spaces so that tensors begin at a multiple of 8 bytes. */
function frame(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, 8);
  return header;
}

async function* checkedBytes({ name, shape, chunks }: SafetensorsEntry): AsyncGenerator<Uint8Array> {
  const expected = elementCount(shape);
  let received = 0;
  for await (const chunk of chunks) {
    received += chunk.length;
    if (received > expected) break;
    yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (received === expected) return;
  throw new CdlmError("SHAPE_MISMATCH", `the elements of "${name}" do not fill its shape [${shape.join()}]`, {
    expected: String(expected),
    received: received > expected ? "more" : String(received),
  });
}
