import { randomBytes } from "node:crypto";
import path from "node:path";
import { CdlmError } from "../errors.js";
import { nodeFileSystem, type FileSystem, type OpenFile } from "./file-system.js";
import { writeFailure, writing } from "./write-failure.js";

/** Where the bytes of a file go. */
export interface Sink {
  /** Resolves when the system has taken all bytes; await it before the next call. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Writes a file that appears whole or not at all: a temporary file beside it is filled by `write`, synced and renamed.
 * On any failure, of `write` too, the temporary file is removed and an earlier file stays as it was. Errors thrown by
 * `write` pass through.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function writeAtomically(
  file: string,
  write: (sink: Sink) => Promise<void>,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  const handle = await writing(file, () => fileSystem.open(temporary, "wx"));
  try {
    await fill(file, handle, write);
    await writing(file, () => fileSystem.rename(temporary, file));
  } catch (error) {
    await ignoreFailure(() => fileSystem.rm(temporary, { force: true }));
    throw error;
  }
  await syncFolder(path.dirname(file), fileSystem);
}

/**
 * Writes a value as indented JSON, atomically.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function writeJsonAtomically(
  file: string,
  value: unknown,
  fileSystem?: FileSystem,
): Promise<void> {
  await writeTextAtomically(file, JSON.stringify(value, null, 2) + "\n", fileSystem);
}

/**
 * Writes a text as UTF-8, atomically.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function writeTextAtomically(
  file: string,
  text: string,
  fileSystem?: FileSystem,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await writeAtomically(file, (sink) => sink.write(bytes), fileSystem);
}

async function fill(file: string, handle: OpenFile, write: (sink: Sink) => Promise<void>): Promise<void> {
  const sink = new FileSink(file, handle);
  try {
    await write(sink);
    // A failure that the writer swallowed leaves a hole in the file.
    if (sink.failure) throw sink.failure;
    await writing(file, () => handle.sync());
  } catch (error) {
    await ignoreFailure(() => handle.close());
    throw error;
  }
  // Network file systems report a full disk only here.
  await writing(file, () => handle.close());
}

class FileSink implements Sink {
  failure: CdlmError | undefined;

  constructor(
    readonly file: string,
    readonly handle: OpenFile,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeFully(this.file, this.handle, bytes);
    } catch (cause) {
      this.failure = writeFailure(this.file, cause);
      throw this.failure;
    }
  }
}

/** Writes all bytes, in as many calls as the system needs. Throws FILE_WRITE_FAILED, or what a call fails with. */
export async function writeFully(file: string, handle: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    if (bytesWritten <= 0) {
      throw new CdlmError("FILE_WRITE_FAILED", "the file cannot be written", {
        file,
        received: `the disk took ${done} of ${bytes.length} bytes and no more`,
        hint: "Check that the disk has space left; an earlier file of this name was kept",
      });
    }
    done += bytesWritten;
  }
}

/**
 * Makes the rename survive a power cut. Not every platform can, and the file is in place already: without it, a power
 * cut leaves the earlier file or the new one, each of them whole.
 */
async function syncFolder(folder: string, fileSystem: FileSystem): Promise<void> {
  await ignoreFailure(async () => {
    const handle = await fileSystem.open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function ignoreFailure(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    // What failed before it is reported, or nothing depends on it.
  }
}
