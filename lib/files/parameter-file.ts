import { FileType, Slot } from "../native/contract.js";
import type { Engine } from "../native/engine.js";
import type { FileSystem } from "./file-system.js";
import { chunkBytes, SafetensorsFile } from "./safetensors.js";
import { checkPart, placeParts, type PlacedPart, type StoredTensor } from "./stored-tensor.js";
import { writeSafetensors, type SafetensorsEntry } from "./write-safetensors.js";

export interface TransferOptions {
  /** Checked between chunks; the call rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Bytes in the file's types that were moved so far, and in all. */
  onBytes?: ((done: number, total: number) => void) | undefined;
}

/** The part of an engine that moves tensors. */
export type TensorStore = Pick<Engine, "define" | "write" | "read">;

const fileTypes: Record<string, FileType> = { F32: FileType.f32, F16: FileType.f16, BF16: FileType.bf16 };

/**
 * Defines the tensors in the engine and fills one slot of each from a safetensors file (a path, or an open file, which
 * stays open), in chunks between turns of the event loop. All shapes and types are checked before the engine is touched.
 * @throws CdlmError FILE_NOT_FOUND; FILE_INVALID when a tensor is missing, has another shape or an unread type
 */
export async function loadParameters(
  engine: TensorStore,
  source: string | SafetensorsFile,
  tensors: readonly StoredTensor[],
  { slot = Slot.value, ...options }: TransferOptions & { slot?: Slot } = {},
): Promise<void> {
  if (typeof source !== "string") return loadFrom(source, engine, tensors, slot, options);
  const file = await SafetensorsFile.open(source);
  try {
    await loadFrom(file, engine, tensors, slot, options);
  } finally {
    await file.close();
  }
}

/**
 * Writes slots of the engine's tensors to a safetensors file, parts under their own names; those of other slots than
 * the value get a suffix, e.g. `#moment1`. The file appears whole or not at all.
 * @throws CdlmError FILE_WRITE_FAILED
 */
export async function saveParameters(
  engine: TensorStore,
  path: string,
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>> = {},
  options: TransferOptions & { slots?: readonly Slot[]; fileSystem?: FileSystem } = {},
): Promise<void> {
  const { slots = [Slot.value], fileSystem } = options;
  const entries = slots.flatMap((slot) => parameterEntries(engine, tensors, slot));
  await writeSafetensors(path, withProgress(entries, options), metadata, fileSystem);
}

/** One slot of the engine's tensors as entries for `writeSafetensors`, read when they are written. */
export function parameterEntries(
  engine: TensorStore,
  tensors: readonly StoredTensor[],
  slot = Slot.value,
): SafetensorsEntry[] {
  return tensors.flatMap((tensor) =>
    placeParts(tensor).map((part) => ({
      name: nameInFile(part.name, slot),
      shape: part.shape,
      chunks: readPart(engine, tensor.name, slot, part),
    })),
  );
}

/** Name in a file of one slot of a tensor. */
export function nameInFile(name: string, slot: Slot): string {
  return slot === Slot.value ? name : `${name}#${Slot[slot]}`;
}

async function loadFrom(
  file: SafetensorsFile,
  engine: TensorStore,
  tensors: readonly StoredTensor[],
  slot: Slot,
  { signal, onBytes }: TransferOptions,
): Promise<void> {
  const moves = tensors.flatMap((tensor) =>
    placeParts(tensor).map((part) => {
      const source = nameInFile(part.name, slot);
      const bytes = part.count * checkPart(file, source, part.shape);
      const type = fileTypes[file.tensors.get(source)!.dtype]!;
      return { target: tensor.name, source, part, type, bytes };
    }),
  );
  const total = moves.reduce((sum, { bytes }) => sum + bytes, 0);
  signal?.throwIfAborted();
  for (const { name, shape } of tensors) await engine.define(name, shape);
  let done = 0;
  for (const { target, source, part, type } of moves) {
    for await (const { offset, data } of file.chunks(source)) {
      signal?.throwIfAborted();
      await engine.write(target, slot, part.offset + offset, type, data);
      onBytes?.((done += data.length), total);
    }
  }
}

async function* readPart(
  engine: TensorStore,
  name: string,
  slot: Slot,
  { offset, count }: PlacedPart,
): AsyncGenerator<Float32Array> {
  const step = chunkBytes / 4;
  for (let done = 0; done < count; done += step) {
    yield await engine.read(name, slot, offset + done, Math.min(step, count - done));
  }
}

function withProgress(
  entries: readonly SafetensorsEntry[],
  { signal, onBytes }: TransferOptions,
): SafetensorsEntry[] {
  const elements = entries.map(({ shape }) => shape.reduce((size, extent) => size * extent, 1));
  const total = 4 * elements.reduce((sum, count) => sum + count, 0);
  let done = 0;
  async function* watched(chunks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      yield chunk;
      onBytes?.((done += chunk.byteLength), total);
    }
  }
  return entries.map((entry) => ({ ...entry, chunks: watched(entry.chunks) }));
}
