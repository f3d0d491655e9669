import { randomUUID } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { CdlmError } from "../errors.js";

const flushAt = 1 << 16; // characters

/**
 * Writes lines to a UTF-8 file, each ended by LF. The file appears whole or not at all: a temporary file beside it is
 * synced and renamed. Errors thrown by `lines` pass through.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await attempt(file, () => open(temporary, "wx"));
    try {
      await writeAll(file, handle, lines);
    } finally {
      await handle.close();
    }
    await attempt(file, () => rename(temporary, file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(file: string, handle: FileHandle, lines: AsyncIterable<string>): Promise<void> {
  let pending = "";
  for await (const line of lines) {
    pending += line + "\n";
    if (pending.length < flushAt) continue;
    const text = pending;
    pending = "";
    await attempt(file, () => handle.writeFile(text));
  }
  await attempt(file, () => handle.writeFile(pending));
  await attempt(file, () => handle.sync());
}

async function attempt<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const received = (cause as Error).message;
    throw new CdlmError("FILE_WRITE_FAILED", "the file cannot be written", { file, received, cause });
  }
}
