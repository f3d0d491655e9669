import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { CdlmError } from "../errors.js";

export interface Line {
  /** The line without its end (LF or CRLF) and, on the first line, without a byte order mark. */
  text: string;
  /** Counted from 1. */
  number: number;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Sees the bytes of the file as they are read, e.g. for a checksum. */
  onBytes?: ((bytes: Uint8Array) => void) | undefined;
}

const lineFeed = 0x0a;

/**
 * The lines of a UTF-8 file, read as a stream.
 * @throws CdlmError FILE_NOT_FOUND or FILE_INVALID where the file cannot be read, DATA_INVALID with the line that is
 * not valid UTF-8, CANCELLED after the signal
 */
export function readLines(file: string, { signal, onBytes }: ReadOptions = {}): AsyncGenerator<Line> {
  return linesOf(readBytes(file, signal, onBytes), file);
}

/**
 * The lines of a UTF-8 stream.
 * @param name where the stream comes from, for messages
 * @throws CdlmError DATA_INVALID with the line that is not valid UTF-8; whatever the stream throws
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Line> {
  // Lines are cut before they are decoded, so that an encoding error names its line.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 0;
  for await (const bytes of cutLines(chunks)) {
    number++;
    const decoded = decodeLine(decoder, bytes, name, number);
    const marked = number === 1 && decoded.startsWith("\uFEFF");
    yield { text: decoded.slice(marked ? 1 : 0, decoded.endsWith("\r") ? -1 : undefined), number };
  }
}

async function* readBytes(
  file: string,
  signal: AbortSignal | undefined,
  onBytes: ReadOptions["onBytes"],
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { signal })) {
      onBytes?.(chunk as Buffer);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw readFailure(file, cause as NodeJS.ErrnoException);
  }
}

async function* cutLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []; // the line begun so far
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

function decodeLine(decoder: TextDecoder, bytes: Buffer, file: string, line: number): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const start = bytes.subarray(0, 40).toString("latin1");
    throw new CdlmError("DATA_INVALID", "wrong encoding", {
      file,
      line,
      expected: "valid UTF-8",
      received: `the bytes of ${JSON.stringify(start)} (shown as Latin-1)`,
      hint: "Convert the file to UTF-8",
      cause,
    });
  }
}

function readFailure(file: string, cause: NodeJS.ErrnoException): CdlmError {
  if (cause.name === "AbortError")
    return new CdlmError("CANCELLED", "reading was cancelled", { file, cause });
  if (cause.code === "ENOENT") return new CdlmError("FILE_NOT_FOUND", "no such file", { file, cause });
  return new CdlmError("FILE_INVALID", "the file cannot be read", { file, received: cause.message, cause });
}
