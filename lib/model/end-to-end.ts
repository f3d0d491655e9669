/** Rows of several sentences as one array, as packed batches have them. */
export function laidEndToEnd(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

/** First word and number of words of each passage [passages, 2]. */
export function rangesOf(lengths: readonly number[]): Int32Array {
  let first = 0;
  return Int32Array.from(
    lengths.flatMap((length) => {
      const range = [first, length];
      first += length;
      return range;
    }),
  );
}
