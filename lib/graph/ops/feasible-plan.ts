/**
 * Gives a plan [n, m] the row sums p and the column sums q, in float64, for the references: sums that are too large
 * shrink, and what rows and columns then lack is spread by the product of the two (Altschuler, Weed and Rigollet 2017,
 * algorithm 2). Moves as little mass as the sums were wrong.
 */
export function feasiblePlan(plan: readonly number[], p: readonly number[], q: readonly number[]): number[] {
  const m = q.length;
  const share = (wanted: number, sum: number) => (sum > wanted ? wanted / sum : 1);
  const rowSums = (x: readonly number[]) => p.map((_, i) => total(x.slice(i * m, (i + 1) * m)));
  const columnSums = (x: readonly number[]) => q.map((_, j) => total(p.map((_weight, i) => x[i * m + j]!)));
  const rowShares = rowSums(plan).map((sum, i) => share(p[i]!, sum));
  const narrow = plan.map((entry, k) => entry * rowShares[Math.floor(k / m)]!);
  const columnShares = columnSums(narrow).map((sum, j) => share(q[j]!, sum));
  const small = narrow.map((entry, k) => entry * columnShares[k % m]!);
  const rowsLack = rowSums(small).map((sum, i) => p[i]! - sum);
  const columnsLack = columnSums(small).map((sum, j) => q[j]! - sum);
  const lacking = total(columnsLack);
  if (!(lacking > 0)) return small;
  return small.map((entry, k) => entry + (rowsLack[Math.floor(k / m)]! * columnsLack[k % m]!) / lacking);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
