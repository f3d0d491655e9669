import { CdlmError } from "../errors.js";

/** Expected value of a score 1 … n and its spread, the standard deviation. */
export function scoreOf(probabilities: readonly number[]): { mean: number; spread: number } {
  const mean = probabilities.reduce((sum, p, index) => sum + p * (index + 1), 0);
  const variance = probabilities.reduce((sum, p, index) => sum + p * (index + 1 - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(variance) };
}

/** Index of the likeliest answer; the first one of equals. */
export function likeliest(probabilities: readonly number[]): number {
  return probabilities.reduce((best, p, index) => (p > probabilities[best]! ? index : best), 0);
}

/**
 * Probabilities that sum to 1.
 * @param count of answers that there must be
 * @throws CdlmError INTERNAL when the weights are no distribution: a backend has broken its promise
 */
export function normalised(weights: readonly number[], count: number): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.length === count && weights.every((weight) => weight >= 0) && sum > 0 && Number.isFinite(sum))
    return weights.map((weight) => weight / sum);
  throw new CdlmError("INTERNAL", "a language model's decision is no distribution", {
    expected: `${count} weights, none negative, not all zero`,
    received: weights.join(", "),
  });
}
