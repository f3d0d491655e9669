/** The vector at length 1; zeros stay. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector.slice();
}

/** Vectors laid end to end, so many to an array. */
export function concatenated(vectors: readonly Float32Array[], atOnce: number): Float32Array[] {
  const arrays: Float32Array[] = [];
  for (let first = 0; first < vectors.length; first += atOnce) {
    const part = vectors.slice(first, first + atOnce);
    const array = new Float32Array(part.length * part[0]!.length);
    part.forEach((vector, k) => array.set(vector, k * vector.length));
    arrays.push(array);
  }
  return arrays;
}
