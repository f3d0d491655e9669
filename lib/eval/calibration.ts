import { z } from "zod";

/** Posteriors nearer to 0 or 1 than this count as this: rounding decides what lies beyond. */
const margin = 1e-6;

const share = z.number().min(0).max(1);

/** How posteriors become confidences; the maps keep their order. */
export const calibrationSchema = z.discriminatedUnion("method", [
  /** σ(slope · logit p): the slope is one over the temperature. */
  z.object({ method: z.literal("temperature"), slope: z.number().min(0) }),
  /** σ(slope · logit p + intercept) (Platt 1999). */
  z.object({ method: z.literal("platt"), slope: z.number().min(0), intercept: z.number() }),
  /** Linear between knots [posterior, confidence], both rising; constant outside. */
  z.object({ method: z.literal("isotonic"), knots: z.array(z.tuple([share, share])).min(1) }),
]);

export type Calibration = z.infer<typeof calibrationSchema>;
export type CalibrationMethod = Calibration["method"];

/** Confidence of a posterior, both 0 … 1. */
export function calibrated(calibration: Calibration, posterior: number): number {
  if (calibration.method === "isotonic") return between(calibration.knots, posterior);
  const intercept = calibration.method === "platt" ? calibration.intercept : 0;
  return sigmoid(calibration.slope * logit(posterior) + intercept);
}

/** Log-odds, natural; finite. */
export function logit(probability: number): number {
  const inside = Math.min(1 - margin, Math.max(margin, probability));
  return Math.log(inside / (1 - inside));
}

export const sigmoid = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));

function between(knots: readonly (readonly [number, number])[], x: number): number {
  const next = knots.findIndex(([place]) => place >= x);
  if (next < 0) return knots.at(-1)![1];
  if (next === 0) return knots[0]![1];
  const [[left, low], [right, high]] = [knots[next - 1]!, knots[next]!];
  return low + (high - low) * ((x - left) / (right - left)); // the quotient first: products of tiny distances are 0
}
