import { z } from "zod";
import { CdlmError } from "../errors.js";
import { parseJson } from "./parse-json.js";

/** Bits of one element. Types below one byte exist; their tensors are packed. */
const bitsOf = {
  ...{ F64: 64, F32: 32, F16: 16, BF16: 16, C64: 64 },
  ...{ F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
  ...{ I64: 64, I32: 32, I16: 16, I8: 8, U64: 64, U32: 32, U16: 16, U8: 8, BOOL: 8 },
} as const;

/** Bytes per element of the types whose values can be read. */
export const readableBytes: ReadonlyMap<string, number> = new Map([
  ["F32", 4],
  ["F16", 2],
  ["BF16", 2],
]);

export type SafetensorsType = keyof typeof bitsOf;

export interface TensorInfo {
  dtype: SafetensorsType;
  shape: number[];
}

export interface PlacedTensor extends TensorInfo {
  /** First byte, and the byte behind the last, counted from the end of the header. */
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  tensors: Map<string, PlacedTensor>;
  metadata: Record<string, string>;
}

const count = z.int().nonnegative();
const tensorEntry = z.object({
  dtype: z.enum(Object.keys(bitsOf) as SafetensorsType[]),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
const metadataEntry = z.record(z.string(), z.string());

/**
 * Reads the JSON of a header and checks it against itself and against `dataBytes`, the bytes of the file behind it.
 * @throws CdlmError FILE_INVALID
 */
export function parseHeader(json: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  const tensors = new Map<string, PlacedTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(parseObject(json, file))) {
    if (name === "__metadata__") metadata = check(metadataEntry, entry, name, file);
    else tensors.set(name, readTensor(name, entry, file));
  }
  checkPlaces(tensors, dataBytes, file);
  return { tensors, metadata };
}

/** The number of elements, or NaN when it is beyond 2^53. */
export function elementCount(shape: readonly number[]): number {
  if (shape.includes(0)) return 0;
  const product = shape.reduce((total, extent) => total * extent, 1);
  return Number.isSafeInteger(product) ? product : NaN;
}

export function invalid(message: string, expected: string, received: string, file: string): CdlmError {
  return new CdlmError("FILE_INVALID", message, { expected, received, file });
}

function parseObject(json: Uint8Array, file: string): object {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json));
  } catch (cause) {
    throw invalid("the header is malformed", "JSON in UTF-8", brief((cause as Error).message), file);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalid("the header is malformed", "an object of tensors", brief(JSON.stringify(value)), file);
}

function readTensor(name: string, entry: unknown, file: string): PlacedTensor {
  const { dtype, shape, data_offsets } = check(tensorEntry, entry, name, file);
  const [begin, end] = data_offsets;
  const bytes = (elementCount(shape) * bitsOf[dtype]) / 8;
  if (!Number.isSafeInteger(bytes)) {
    throw invalid(
      `tensor ${quote(name)} has an impossible shape`,
      "whole bytes",
      `[${shape.join()}] ${dtype}`,
      file,
    );
  }
  if (end - begin !== bytes) {
    const expected = `${bytes} bytes for [${shape.join()}] ${dtype}`;
    throw invalid(`tensor ${quote(name)} has wrong offsets`, expected, `[${begin}, ${end}]`, file);
  }
  return { dtype, shape, begin, end };
}

/** Tensors must fill the rest of the file, one behind the other, without a gap. */
function checkPlaces(tensors: Map<string, PlacedTensor>, dataBytes: number, file: string): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const [name, tensor] of inOrder) {
    if (tensor.begin !== end) {
      const problem = tensor.begin < end ? "overlaps another" : "leaves a gap before it";
      throw invalid(
        `tensor ${quote(name)} ${problem}`,
        `a start at byte ${end}`,
        `byte ${tensor.begin}`,
        file,
      );
    }
    end = tensor.end;
  }
  if (end === dataBytes) return;
  const problem = end > dataBytes ? "the file is truncated" : "the file has bytes that belong to no tensor";
  throw invalid(problem, `${end} bytes of tensors`, `${dataBytes}`, file);
}

function check<T>(schema: z.ZodType<T>, entry: unknown, name: string, file: string): T {
  const result = schema.safeParse(entry);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = issue.path.length > 0 ? `, ${issue.path.join(".")}` : "";
  const what = name === "__metadata__" ? "texts by name" : "{dtype, shape, data_offsets}";
  throw invalid(`the header's entry ${quote(name)} is malformed`, what, brief(issue.message) + place, file);
}

function quote(name: string): string {
  return JSON.stringify(brief(name));
}

/** Parts of a malformed file may be of any length. */
function brief(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** @throws CdlmError FILE_INVALID when values of this type cannot be read */
export function demandReadable(name: string, { dtype }: TensorInfo, file: string): number {
  const bytes = readableBytes.get(dtype);
  if (bytes) return bytes;
  const expected = [...readableBytes.keys()].join(", ");
  throw invalid(`tensor ${quote(name)} has a type that is not read`, expected, dtype, file);
}
