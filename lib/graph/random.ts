/**
 * The counter-based random stream that kernels and references share (native/core/random.h): Philox4x32-10, Salmon et
 * al. 2011. Element `e` of a row lies in block `e / 64` at `r = e % 64`; its number is word `r / 16` of the block with
 * counter `(16 · block + r % 16, row, stream, 0)`.
 */
export function randomRow(
  key: readonly [number, number],
  stream: number,
  row: number,
  length: number,
): Uint32Array {
  const values = new Uint32Array(length);
  for (let element = 0; element < length; element++) {
    const [block, r] = [Math.floor(element / 64), element % 64];
    values[element] = philox([block * 16 + (r % 16), row, stream, 0], key)[r >> 4]!;
  }
  return values;
}

/** Ten rounds of Philox4x32. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): number[] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = product(0xd2511f53, c0);
    const [high1, low1] = product(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** High and low 32 bits of an unsigned product. */
function product(a: number, b: number): [number, number] {
  const wide = BigInt(a >>> 0) * BigInt(b >>> 0);
  return [Number(wide >> 32n), Number(wide & 0xffffffffn)];
}

/** 1 / (1 - rate) where the element is kept, 0 where it is dropped; kernels compare in the same integers. */
export function dropoutScale(random: number, rate: number): number {
  return random >= dropoutThreshold(rate) ? 1 / (1 - rate) : 0;
}

/** An element is dropped if its random number is below this. */
export function dropoutThreshold(rate: number): number {
  return Math.floor(rate * 2 ** 32);
}
