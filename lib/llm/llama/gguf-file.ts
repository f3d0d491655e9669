import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CdlmError } from "../../errors.js";

/**
 * Checksum of a GGUF file, 64 hexadecimal digits. Refuses other files before llama.cpp gets them.
 * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID; the signal's reason
 */
export async function checksumOfGguf(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  let first = true;
  try {
    for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 })) {
      const bytes = chunk as Buffer;
      if (first) requireGguf(file, bytes);
      first = false;
      hash.update(bytes);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CdlmError) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  if (first) throw notGguf(file, "an empty file");
  return hash.digest("hex");
}

/** Magic number and version; llama.cpp reads versions 2 and 3. */
function requireGguf(file: string, bytes: Buffer): void {
  if (bytes.length < 8 || bytes.toString("latin1", 0, 4) !== "GGUF")
    throw notGguf(file, "another kind of file");
  const version = bytes.readUInt32LE(4);
  if (version !== 2 && version !== 3) throw notGguf(file, `GGUF of version ${version}`);
}

function notGguf(file: string, received: string): CdlmError {
  return new CdlmError("FILE_INVALID", "no language model", {
    file,
    expected: "a GGUF file of version 2 or 3",
    received,
  });
}

function unreadable(file: string, error: NodeJS.ErrnoException): CdlmError {
  const missing = error.code === "ENOENT";
  const message = missing ? "there is no such language model" : `cannot be read: ${error.message}`;
  return new CdlmError(missing ? "FILE_NOT_FOUND" : "FILE_INVALID", message, { file, cause: error });
}
