import { CdlmError } from "../errors.js";
import { demandReadable, elementCount } from "./safetensors-header.js";
import type { SafetensorsFile } from "./safetensors.js";

/**
 * A parameter or state of an engine and the tensors of a file that it consists of, laid one after another along their
 * first axis: [d, d] of query, key and value in a file are one [3·d, d] in the engine.
 */
export interface StoredTensor {
  /** Name in the engine. */
  name: string;
  shape: readonly number[];
  parts: readonly TensorPart[];
}

export interface TensorPart {
  /** Name in the file. */
  name: string;
  shape: readonly number[];
}

/** A part and its first element in the flat stored tensor. */
export interface PlacedPart extends TensorPart {
  offset: number;
  count: number;
}

/** A stored tensor that is one tensor in the file, by the same name unless another is given. */
export function wholeTensor(name: string, shape: readonly number[], nameInFile = name): StoredTensor {
  return { name, shape, parts: [{ name: nameInFile, shape }] };
}

/** Bytes of one slot of the tensors in fp32. */
export function bytesOf(tensors: readonly StoredTensor[]): number {
  return tensors.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
}

/**
 * The parts with their places.
 * @throws CdlmError SHAPE_MISMATCH when the parts do not make up the stored shape
 */
export function placeParts({ name, shape, parts }: StoredTensor): PlacedPart[] {
  let offset = 0;
  const placed = parts.map((part) => {
    const count = elementCount(part.shape);
    offset += count;
    return { ...part, offset: offset - count, count };
  });
  const sameRows = parts.every((part) => equal(part.shape.slice(1), shape.slice(1)));
  const sameAxes = parts.every((part) => part.shape.length === shape.length);
  if (sameRows && sameAxes && offset === elementCount(shape)) return placed;
  throw new CdlmError("SHAPE_MISMATCH", `the parts of "${name}" do not make up its shape`, {
    expected: text(shape),
    received: parts.map((part) => text(part.shape)).join(" + "),
  });
}

/**
 * Bytes per element of a tensor in a file.
 * @throws CdlmError FILE_INVALID when the file lacks the tensor, or has it in another shape or a type that is not read
 */
export function checkPart(file: SafetensorsFile, name: string, shape: readonly number[]): number {
  const found = file.tensors.get(name);
  if (found && equal(found.shape, shape)) return demandReadable(name, found, file.path);
  throw new CdlmError(
    "FILE_INVALID",
    found ? `tensor "${name}" has another shape` : `there is no tensor "${name}"`,
    {
      expected: text(shape),
      received: found ? text(found.shape) : `${file.tensors.size} tensors of other names`,
      file: file.path,
    },
  );
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

function text(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
