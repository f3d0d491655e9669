/**
 * Items of a stream in batches that reach `limit` in size; the last may be smaller. Where the source fails, the items
 * before the failure are given first and the error is thrown then.
 */
export async function* streamBatches<T>(
  items: AsyncIterable<T> | Iterable<T>,
  sizeOf: (item: T) => number,
  limit: number,
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let size = 0;
  let failure: { error: unknown } | undefined;
  try {
    for await (const item of items) {
      batch.push(item);
      size += sizeOf(item);
      if (size < limit) continue;
      const full = batch;
      [batch, size] = [[], 0];
      yield full;
    }
  } catch (error) {
    failure = { error };
  }
  if (batch.length > 0) yield batch;
  if (failure) throw failure.error;
}
