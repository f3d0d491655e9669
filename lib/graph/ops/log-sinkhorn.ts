import { CdlmError } from "../../errors.js";
import { dims, sameDim } from "../op.js";
import type { TensorType } from "../tensor.js";
import { logSum } from "./log-sum.js";

/** When Sinkhorn's loop ends: see `SinkhornOptions`. */
export interface Stopping {
  iterations: number;
  tolerance: number;
  relativeTolerance: number;
}

/** Potentials of rows and columns: the plan is e^(logits + f + g). */
export interface Potentials {
  f: number[];
  g: number[];
}

/**
 * Sinkhorn's iteration in the log domain in float64, for the references: makes the rows and columns of
 * e^(logits [n, m] + f + g) sum to p [n] and q [m], from the given g. Nodes of weight 0 get potentials of -∞.
 */
export function logSinkhorn(
  logits: ArrayLike<number>,
  p: readonly number[],
  q: readonly number[],
  start: readonly number[],
  { iterations, tolerance, relativeTolerance }: Stopping,
): Potentials {
  const m = q.length;
  let f = p.map(() => 0);
  let g = q.map((weight, j) => (weight > 0 ? start[j]! : -Infinity));
  const balanced = (weights: readonly number[], sum: (index: number) => number) =>
    weights.map((weight, index) => (weight > 0 ? Math.log(weight) - sum(index) : -Infinity));
  for (let k = 0; k < iterations; k++) {
    const next = balanced(p, (i) => logSum(g.map((value, j) => logits[i * m + j]! + value)));
    // A row of the current plan sums to p e^(f - next).
    const misses = p.map((weight, i) => (weight > 0 ? Math.abs(Math.exp(f[i]! - next[i]!) - 1) : 0));
    const total = misses.reduce((sum, miss, i) => sum + p[i]! * miss, 0);
    if (k > 0 && total <= tolerance && Math.max(...misses) <= relativeTolerance) break;
    f = next;
    g = balanced(q, (j) => logSum(f.map((value, i) => logits[i * m + j]! + value)));
  }
  return { f, g };
}

/** log of every entry of the plan [n, m]. */
export function logPlan(logits: ArrayLike<number>, { f, g }: Potentials): number[] {
  return f.flatMap((row, i) => g.map((column, j) => logits[i * g.length + j]! + row + column));
}

/** Rows of a tensor of weights, one per problem. */
export function rowsOf(data: ArrayLike<number>, width: number): number[][] {
  const count = width === 0 ? 0 : data.length / width;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (_column, k) => data[row * width + k]!),
  );
}

/** Checks weights p [B, n] and q [B, m]; returns B, n and m, which are numbers: a problem's shape is fixed. */
export function checkNodes(op: string, p?: TensorType, q?: TensorType): readonly [number, number, number] {
  const [problems, n] = dims(op, "p", p, "f32", 2);
  const [same, m] = dims(op, "q", q, "f32", 2);
  sameDim(op, "rows of p and of q", problems, same);
  if (typeof problems === "number" && typeof n === "number" && typeof m === "number") return [problems, n, m];
  throw new CdlmError("SHAPE_MISMATCH", `${op}: extents of p and q must be numbers`, {
    received: [problems, n, m].join(", "),
  });
}

/** Checks a matrix of every problem, [B · rows, columns]. */
export function checkMatrices(
  op: string,
  name: string,
  matrix: TensorType | undefined,
  rows: number,
  columns: number,
): void {
  const [allRows, width] = dims(op, name, matrix, "f32", 2);
  sameDim(op, `rows of ${name} and problems · nodes`, rows, allRows);
  sameDim(op, `columns of ${name} and nodes`, columns, width);
}
