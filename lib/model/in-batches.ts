import { evaluationBatches } from "../data/batching.js";

export interface BatchRun<T> {
  sizeOf: (item: T) => number;
  /** Of one batch, in the unit of `sizeOf`; an item that is larger is a batch of its own. */
  budget: number;
  signal?: AbortSignal | undefined;
  /** Called after each batch, with its items. */
  onBatch?: ((batch: readonly T[]) => void) | undefined;
}

/** Runs items in batches of like size; one result for each item, in their order. */
export async function inBatches<T, R>(
  items: readonly T[],
  { sizeOf, budget, signal, onBatch }: BatchRun<T>,
  run: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  for (const indices of evaluationBatches(items.map(sizeOf), { pieces: budget })) {
    signal?.throwIfAborted();
    const batch = indices.map((index) => items[index]!);
    const answers = await run(batch);
    indices.forEach((index, k) => (results[index] = answers[k]!));
    onBatch?.(batch);
  }
  return results;
}
