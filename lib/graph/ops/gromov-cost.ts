/** One pair of graphs: costs source [n, n] and target [m, m], node weights p [n] and q [m]. */
export interface Graphs {
  source: readonly number[];
  target: readonly number[];
  p: readonly number[];
  q: readonly number[];
}

/** G(Π) [n, m] of METHOD 4 and its constant part k_st, in float64, for the references. */
export function gromovCost(graphs: Graphs, plan: ArrayLike<number>): { cost: number[]; constant: number[] } {
  const { source, target, p, q } = graphs;
  const [n, m] = [p.length, q.length];
  const sourcePart = p.map((_, i) => p.reduce((sum, weight, k) => sum + source[i * n + k]! ** 2 * weight, 0));
  const targetPart = q.map((_, j) => q.reduce((sum, weight, l) => sum + target[j * m + l]! ** 2 * weight, 0));
  const constant = sourcePart.flatMap((a) => targetPart.map((b) => a + b));
  const coupled = triple(source, plan, target, n, m);
  return { cost: constant.map((value, k) => value - 2 * coupled[k]!), constant };
}

/** A Π B' for A [n, n], Π [n, m], B [m, m]. */
export function triple(
  a: readonly number[],
  plan: ArrayLike<number>,
  b: readonly number[],
  n: number,
  m: number,
): number[] {
  const product = Array.from({ length: n * m }, (_, k) => {
    const [i, j] = [Math.floor(k / m), k % m];
    let sum = 0;
    for (let l = 0; l < n; l++) sum += a[i * n + l]! * plan[l * m + j]!;
    return sum;
  });
  return product.map((_, k) => {
    const [i, j] = [Math.floor(k / m), k % m];
    let sum = 0;
    for (let l = 0; l < m; l++) sum += product[i * m + l]! * b[j * m + l]!;
    return sum;
  });
}

/** ⟨cost, Π⟩. */
export const valueOf = (cost: readonly number[], plan: ArrayLike<number>): number =>
  cost.reduce((sum, entry, k) => sum + entry * plan[k]!, 0);
