import { z } from "zod";
import { CdlmError } from "../errors.js";

/** Parts of the schemas of kernels. */
export const floatArray = z.custom<Float32Array>(
  (value) => value instanceof Float32Array,
  "a Float32Array is expected",
);
export const intArray = z.custom<Int32Array>(
  (value) => value instanceof Int32Array,
  "an Int32Array is expected",
);
export const count = z.int().min(1);
export const positive = z.number().positive();

/** Throws INVALID_OPTION that names the first entry which is not a finite number. */
export function checkFinite(kernel: string, arrays: Readonly<Record<string, Float32Array>>): void {
  for (const [name, array] of Object.entries(arrays)) {
    const at = array.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    throw new CdlmError("INVALID_OPTION", `${kernel}: ${name} has an entry that is no finite number`, {
      received: `${array[at]} at index ${at}`,
    });
  }
}

/** Throws INVALID_OPTION that names the first negative entry. */
export function checkNotNegative(kernel: string, name: string, array: Float32Array): void {
  const at = array.findIndex((value) => value < 0);
  if (at < 0) return;
  throw new CdlmError("INVALID_OPTION", `${kernel}: ${name} must not be negative`, {
    received: `${array[at]} at index ${at}`,
  });
}

/** An extent of an array and what it counts. */
type Extent = readonly [name: string, extent: number];

/** Throws SHAPE_MISMATCH where an array has not the length that the extents of its shape give. */
export function checkLength(
  kernel: string,
  name: string,
  array: { readonly length: number },
  ...extents: Extent[]
): void {
  const expected = sizeOf(extents);
  if (array.length === expected) return;
  throw new CdlmError("SHAPE_MISMATCH", `${kernel}: ${name} has the wrong size`, {
    expected: `${expected} entries (${formula(extents)})`,
    received: String(array.length),
  });
}

/** How many matrices of one size an array holds. Throws SHAPE_MISMATCH unless it holds one at least, and no part of one. */
export function batchOf(kernel: string, name: string, array: Float32Array, ...extents: Extent[]): number {
  const size = sizeOf(extents);
  if (array.length > 0 && array.length % size === 0) return array.length / size;
  throw new CdlmError("SHAPE_MISMATCH", `${kernel}: ${name} has the wrong size`, {
    expected: `a multiple of ${size} entries (${formula(extents)})`,
    received: String(array.length),
  });
}

const sizeOf = (extents: readonly Extent[]): number =>
  extents.reduce((product, [, extent]) => product * extent, 1);

const formula = (extents: readonly Extent[]): string =>
  extents.map(([name, extent]) => `${name} ${extent}`).join(" × ");
