import type { Cell } from "./summary.js";

/** A dash where nothing is recorded. */
export const cellText = (cell: Cell | undefined): string =>
  cell ? `${cell.mean.toFixed(2)} ± ${cell.deviation.toFixed(2)}` : "–";

/** A difference with its interval, in points. */
export const differenceText = (difference: number, interval: readonly number[]): string =>
  `${signed(difference)} [${interval.map(signed).join(", ")}]`;

const signed = (value: number): string => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
