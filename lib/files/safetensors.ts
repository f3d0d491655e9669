import { open, type FileHandle } from "node:fs/promises";
import { CdlmError } from "../errors.js";
import {
  demandReadable,
  elementCount,
  invalid,
  parseHeader,
  type PlacedTensor,
  type SafetensorsHeader,
  type TensorInfo,
} from "./safetensors-header.js";

const lengthBytes = 8;
const maxHeaderBytes = 100_000_000; // as in the format's own library
export const chunkBytes = 4 << 20;

export interface TensorChunk {
  /** First element of the chunk in the flat tensor. */
  offset: number;
  /** Little-endian elements of the tensor's type; the consumer may keep it. */
  data: Uint8Array;
}

/** An open safetensors file. Only its header is in memory; tensors are read in chunks. */
export class SafetensorsFile implements AsyncDisposable {
  readonly #header: SafetensorsHeader;
  readonly #dataStart: number;
  #handle: FileHandle | undefined;

  private constructor(
    readonly path: string,
    handle: FileHandle,
    header: SafetensorsHeader,
    dataStart: number,
  ) {
    this.#handle = handle;
    this.#header = header;
    this.#dataStart = dataStart;
  }

  /**
   * Opens a file and checks its whole header: types, shapes and places of all tensors.
   * @throws CdlmError FILE_NOT_FOUND, FILE_INVALID
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await openFile(path);
    try {
      const json = await readHeader(handle, path);
      const dataStart = lengthBytes + json.bytes.length;
      return new SafetensorsFile(
        path,
        handle,
        parseHeader(json.bytes, json.fileBytes - dataStart, path),
        dataStart,
      );
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get tensors(): ReadonlyMap<string, TensorInfo> {
    return this.#header.tensors;
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#header.metadata;
  }

  /**
   * The elements of a tensor in order, in chunks of whole elements and at most `maxBytes` (from 4).
   * @throws CdlmError FILE_INVALID when there is no such tensor or its type is none of F32, F16 and BF16
   */
  async *chunks(name: string, maxBytes = chunkBytes): AsyncGenerator<TensorChunk> {
    const { tensor, size } = this.#readable(name);
    if (!(maxBytes >= 4)) {
      throw new CdlmError("INVALID_OPTION", "maxBytes is too small", {
        expected: "at least 4",
        received: String(maxBytes),
      });
    }
    const step = Math.floor(maxBytes / size);
    const elements = elementCount(tensor.shape);
    for (let offset = 0; offset < elements; offset += step) {
      const bytes = Math.min(step, elements - offset) * size;
      const start = this.#dataStart + tensor.begin + offset * size;
      yield { offset, data: await readFully(this.#open(), start, bytes, this.path) };
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): FileHandle {
    if (this.#handle) return this.#handle;
    throw new CdlmError("INVALID_STATE", "the file was closed", { file: this.path });
  }

  #readable(name: string): { tensor: PlacedTensor; size: number } {
    const tensor = this.#header.tensors.get(name);
    if (!tensor) {
      throw invalid(
        `there is no tensor "${name}"`,
        `"${name}"`,
        `${this.tensors.size} other tensors`,
        this.path,
      );
    }
    return { tensor, size: demandReadable(name, tensor, this.path) };
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    const missing = ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "");
    if (!missing) throw unreadable(path, cause);
    throw new CdlmError("FILE_NOT_FOUND", "there is no such file", {
      expected: "a safetensors file",
      file: path,
      cause,
    });
  }
}

async function readHeader(
  handle: FileHandle,
  path: string,
): Promise<{ bytes: Uint8Array; fileBytes: number }> {
  const fileBytes = (await handle.stat()).size;
  if (fileBytes < lengthBytes) {
    throw invalid("the file is too short for safetensors", "at least 8 bytes", String(fileBytes), path);
  }
  const prefix = await readFully(handle, 0, lengthBytes, path);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  const most = Math.min(fileBytes - lengthBytes, maxHeaderBytes);
  if (length > BigInt(most)) {
    throw invalid(
      "this is no safetensors file: its header has an impossible length",
      `at most ${most} bytes`,
      `${length}`,
      path,
    );
  }
  return { bytes: await readFully(handle, lengthBytes, Number(length), path), fileBytes };
}

async function readFully(
  handle: FileHandle,
  start: number,
  length: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const bytesRead = await readSome(handle, bytes, done, start + done, path);
    if (bytesRead === 0) {
      const end = start + length;
      throw invalid("the file became shorter while it was read", `${end} bytes`, `${start + done}`, path);
    }
    done += bytesRead;
  }
  return bytes;
}

async function readSome(
  handle: FileHandle,
  bytes: Uint8Array,
  done: number,
  position: number,
  path: string,
): Promise<number> {
  try {
    return (await handle.read(bytes, done, bytes.length - done, position)).bytesRead;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): CdlmError {
  const received = (cause as Error).message;
  return new CdlmError("FILE_INVALID", "the file cannot be read", { received, file: path, cause });
}
