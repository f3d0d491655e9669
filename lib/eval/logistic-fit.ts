const [iterations, tolerance] = [100, 1e-12];

/**
 * Weights w of the most likely σ(x · w), by Newton's method with steps that are halved until they gain.
 * @param rows x of each case, all of the same few columns
 * @param targets 0 … 1, not all 0 or all 1
 * @param start where the search begins
 */
export function logisticWeights(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  start: readonly number[],
): number[] {
  let weights = [...start];
  let loss = lossOf(rows, targets, weights);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const step = newtonStep(rows, targets, weights);
    let share = 1;
    let next = moved(weights, step, share);
    while (lossOf(rows, targets, next) > loss && share > tolerance) next = moved(weights, step, (share /= 2));
    const gain = loss - lossOf(rows, targets, next);
    if (gain > 0) [weights, loss] = [next, loss - gain];
    if (gain <= tolerance * (1 + loss)) break;
  }
  return weights;
}

const moved = (weights: readonly number[], step: readonly number[], share: number): number[] =>
  weights.map((weight, k) => weight - share * step[k]!);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);

/** Cross-entropy, Σ log(1 + e^z) - t z. */
function lossOf(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
): number {
  return rows.reduce((sum, row, k) => {
    const z = dot(row, weights);
    return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[k]! * z;
  }, 0);
}

/** H⁻¹ g of the loss. */
function newtonStep(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
): number[] {
  const gradient = weights.map(() => 0);
  const hessian = weights.map((_, i) => weights.map((_w, j) => (i === j ? tolerance : 0)));
  rows.forEach((row, k) => {
    const p = 1 / (1 + Math.exp(-dot(row, weights)));
    row.forEach((x, i) => {
      gradient[i]! += (p - targets[k]!) * x;
      row.forEach((y, j) => (hessian[i]![j]! += p * (1 - p) * x * y));
    });
  });
  return solved(hessian, gradient);
}

/** x of A x = b, for a positive definite A, by elimination. */
function solved(a: readonly number[][], b: readonly number[]): number[] {
  const rows = a.map((row, k) => [...row, b[k]!]);
  rows.forEach((pivot, k) => {
    for (const row of rows.slice(k + 1)) {
      const factor = row[k]! / pivot[k]!;
      pivot.forEach((value, column) => (row[column]! -= factor * value));
    }
  });
  const x = b.map(() => 0);
  for (let k = b.length - 1; k >= 0; k--) {
    const known = x.reduce((sum, value, column) => sum + value * rows[k]![column]!, 0);
    x[k] = (rows[k]![b.length]! - known) / rows[k]![k]!;
  }
  return x;
}
