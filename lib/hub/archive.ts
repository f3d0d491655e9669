import { Unzip, UnzipInflate, type UnzipFile } from "fflate";
import { CdlmError } from "../errors.js";

export interface ArchiveEntry {
  path: string;
  /** To be read to its end before the next entry is asked for. */
  chunks: AsyncIterable<Uint8Array>;
}

interface Piece {
  path: string;
  bytes: Uint8Array;
  last: boolean;
}

/**
 * The wanted files of a zip archive, in its order, unpacked as the archive comes in: neither is held in memory. Their
 * checksums are not verified.
 * @throws CdlmError FILE_INVALID when the archive is damaged
 */
export async function* archiveEntries(
  archive: AsyncIterable<Uint8Array>,
  wanted: (path: string) => boolean,
): AsyncGenerator<ArchiveEntry> {
  const pieces = unpack(archive, wanted);
  try {
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      yield { path: next.value.path, chunks: restOf(next.value, pieces) };
    }
  } finally {
    // Ends the download of what nobody asks for any more.
    await pieces.return(undefined);
  }
}

async function* restOf(first: Piece, pieces: AsyncGenerator<Piece>): AsyncGenerator<Uint8Array> {
  yield first.bytes;
  for (let { last } = first; !last;) {
    const next = await pieces.next();
    if (next.done) throw damaged("it ends too early");
    yield next.value.bytes;
    last = next.value.last;
  }
}

async function* unpack(
  archive: AsyncIterable<Uint8Array>,
  wanted: (path: string) => boolean,
): AsyncGenerator<Piece> {
  let ready: Piece[] = [];
  const unzip = new Unzip((file) => {
    if (wanted(file.name)) collect(file, (piece) => ready.push(piece));
  });
  unzip.register(UnzipInflate);
  for await (const chunk of archive) {
    push(unzip, chunk, false);
    yield* ready;
    ready = [];
  }
  push(unzip, new Uint8Array(0), true);
  yield* ready;
}

function collect(file: UnzipFile, take: (piece: Piece) => void): void {
  file.ondata = (error, bytes, last) => {
    if (error) throw error;
    take({ path: file.name, bytes, last });
  };
  file.start();
}

function push(unzip: Unzip, chunk: Uint8Array, last: boolean): void {
  try {
    unzip.push(chunk, last);
  } catch (cause) {
    throw damaged((cause as Error).message, cause);
  }
}

function damaged(received: string, cause?: unknown): CdlmError {
  return new CdlmError("FILE_INVALID", "the archive is damaged", { expected: "a zip", received, cause });
}
