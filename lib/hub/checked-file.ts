import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CdlmError } from "../errors.js";
import { writeAtomically, type Sink } from "../files/atomic-file.js";
import type { FileSystem } from "../files/file-system.js";

/** What a file must be; what is left out is not checked. */
export interface Checksum {
  bytes?: number | undefined;
  /** Hexadecimal. */
  sha256?: string | undefined;
}

/**
 * Writes bytes as they come. Unless they are the expected ones, the file does not appear.
 * @param onBytes told how many bytes have come so far
 * @throws CdlmError FILE_INVALID when they are others; FILE_WRITE_FAILED
 */
export async function writeChecked(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  expected: Checksum,
  onBytes?: (done: number) => void,
  fileSystem?: FileSystem,
): Promise<void> {
  const receive = async (sink: Sink) => {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > (expected.bytes ?? Infinity)) break;
      await sink.write(chunk);
      onBytes?.(bytes);
    }
    compare(path, expected, { bytes, sha256: hash.digest("hex") });
  };
  await writeAtomically(path, receive, fileSystem);
}

/** Whether the file is there and is the expected one. */
export async function isIntact(path: string, expected: Checksum): Promise<boolean> {
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
    }
    compare(path, expected, { bytes, sha256: hash.digest("hex") });
    return true;
  } catch {
    return false;
  }
}

function compare(path: string, expected: Checksum, received: { bytes: number; sha256: string }): void {
  const { bytes = received.bytes, sha256 = received.sha256 } = expected;
  if (bytes === received.bytes && sha256 === received.sha256) return;
  throw new CdlmError("FILE_INVALID", "what was received is not the expected file", {
    expected: bytes === received.bytes ? `sha256 ${sha256}` : `${bytes} bytes`,
    received: bytes === received.bytes ? received.sha256 : `${received.bytes}`,
    file: path,
  });
}
