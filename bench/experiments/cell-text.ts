import type { Cell } from "./summary.js";

/** A dash where nothing is recorded, no deviation where one run is. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) return "–";
  return cell.mean.toFixed(2) + (cell.runs > 1 ? ` ± ${cell.deviation.toFixed(2)}` : "");
}

/** A difference with its interval, in points. */
export const differenceText = (difference: number, interval: readonly number[]): string =>
  `${signed(difference)} [${interval.map(signed).join(", ")}]`;

const signed = (value: number): string => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
