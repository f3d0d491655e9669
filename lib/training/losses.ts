import type { Losses } from "../model/tagger-model.js";

/** Adds one of `count` batches to the mean of an update. */
export function addLosses(sum: Losses, { loss, parts }: Losses, count: number): void {
  sum.loss += loss / count;
  for (const [name, value] of Object.entries(parts)) sum.parts[name] = (sum.parts[name] ?? 0) + value / count;
}

/** Mean loss of some updates; `parts`, what each part of the objective adds to it, where there are several. */
export function meanLosses(updates: readonly Losses[]): { loss: number; parts?: Record<string, number> } {
  const sum: Losses = { loss: 0, parts: {} };
  for (const update of updates) addLosses(sum, update, updates.length);
  return Object.keys(sum.parts).length > 1 ? sum : { loss: sum.loss };
}
