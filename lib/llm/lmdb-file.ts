import { open } from "node:fs/promises";
import { CdlmError } from "../errors.js";

// Layout of LMDB's meta pages: 0 and 1, of which the one with the later transaction counts. Offsets in bytes.
const magic = 0xbeefc0de;
const at = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 };
const metaBytes = 160;

/**
 * Refuses a file that is no LMDB database or has lost its end: LMDB maps what it gets into memory and would take the
 * process down with it. A missing or empty file is fine.
 * @throws CdlmError FILE_INVALID
 */
export async function requireLmdbFile(file: string): Promise<void> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw invalid(file, error.message);
  });
  if (!handle) return;
  try {
    const meta = async (position: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(metaBytes), 0, metaBytes, position);
      if (bytesRead > 0 && bytesRead < metaBytes)
        throw invalid(file, `an end after ${bytesRead} bytes of a page`);
      return bytesRead === 0 ? undefined : buffer;
    };
    const first = await meta(0);
    if (!first) return;
    if (first.readUInt32LE(at.magic) !== magic) throw invalid(file, "another kind of file");
    const pageSize = first.readUInt32LE(at.pageSize);
    const second = (await meta(pageSize)) ?? Buffer.alloc(metaBytes);
    const isFirst = first.readBigUInt64LE(at.transaction) >= second.readBigUInt64LE(at.transaction);
    const pages = Number((isFirst ? first : second).readBigUInt64LE(at.lastPage)) + 1;
    // Asked last: where another process writes, pages are in the file before the meta page that counts them.
    const { size } = await handle.stat();
    if (size < pages * pageSize) throw invalid(file, `${size} bytes where ${pages * pageSize} belong`);
  } catch (cause) {
    throw cause instanceof CdlmError ? cause : invalid(file, (cause as Error).message);
  } finally {
    await handle.close();
  }
}

function invalid(file: string, received: string): CdlmError {
  const hint = "Remove the file to start a new store; only answers that cost time are in it";
  return new CdlmError("FILE_INVALID", "the store of answers cannot be opened", { file, received, hint });
}
