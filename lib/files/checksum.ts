import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CdlmError } from "../errors.js";

/**
 * SHA-256 of a file, 64 hexadecimal digits.
 * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID
 */
export async function checksumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new CdlmError(missing ? "FILE_NOT_FOUND" : "FILE_INVALID", missing ? "is missing" : "cannot be read", { file, cause }); // prettier-ignore
  }
  return hash.digest("hex");
}
