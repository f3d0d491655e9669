import { CdlmError } from "../errors.js";

/**
 * Items of a stream in batches that reach `limit` in size; the last may be smaller. Where the source fails, the items
 * before the failure are given first and the error is thrown then.
 * @param limit word pieces, about
 * @throws CdlmError INVALID_OPTION for a limit outside of 1 … 65,536
 */
export async function* streamBatches<T>(
  items: AsyncIterable<T> | Iterable<T>,
  sizeOf: (item: T) => number,
  limit: number,
): AsyncGenerator<T[]> {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 65_536))
    throw new CdlmError("INVALID_OPTION", "stream option batchPieces is out of range", {
      expected: "a whole number, 1 to 65,536",
      received: String(limit),
    });
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
