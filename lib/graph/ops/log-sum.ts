/** log Σ e^x; finite where the sum of the exponentials is not. */
export function logSum(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const top = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (top === -Infinity) return top;
  return top + Math.log(all.reduce((sum, value) => sum + Math.exp(value - top), 0));
}
