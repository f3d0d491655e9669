import type { DataType } from "./tensor.js";

/** A concrete tensor of the reference: f32 values are held in float64. */
export interface NdArray {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly data: Float64Array | Int32Array;
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function zeros(type: DataType, shape: readonly number[]): NdArray {
  const size = elements(shape);
  return { type, shape, data: type === "f32" ? new Float64Array(size) : new Int32Array(size) };
}

export function floats(shape: readonly number[], values: Iterable<number>): NdArray {
  return { type: "f32", shape, data: Float64Array.from(values) };
}

export function ints(shape: readonly number[], values: Iterable<number>): NdArray {
  return { type: "i32", shape, data: Int32Array.from(values) };
}

/**
 * Deterministic values in (-scale, scale), each a multiple of 2^-12 · scale so that fp32 and float64 start from equal
 * numbers when `scale` is a power of two.
 */
export function noise(shape: readonly number[], seed: number, scale = 1): NdArray {
  let state = (seed * 2654435761 + 1) >>> 0;
  const values = Array.from({ length: elements(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (((state >>> 19) - 4096) / 4096) * scale;
  });
  return floats(shape, values);
}
