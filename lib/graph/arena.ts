/** A piece of memory that is needed from instruction `from` to instruction `to`, both included. */
export interface Lifetime {
  from: number;
  to: number;
  bytes: number;
}

const alignment = 64; // bytes: a cache line, and the widest vector

/**
 * Places lifetimes in one arena so that those that overlap in time do not overlap in memory. Largest first, each at
 * the lowest free offset; returns offsets and the size of the arena, in bytes.
 */
export function placeInArena(lifetimes: readonly Lifetime[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const order = lifetimes.map((_, k) => k).sort((a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes || a - b);
  const placed: number[] = []; // by offset
  let total = 0;
  for (const k of order) {
    const { from, to, bytes } = lifetimes[k]!;
    const size = Math.max(1, Math.ceil(bytes / alignment)) * alignment;
    let offset = 0;
    for (const other of placed) {
      const { from: otherFrom, to: otherTo, bytes: otherBytes } = lifetimes[other]!;
      if (otherTo < from || otherFrom > to) continue;
      if (offset + size <= offsets[other]!) break;
      offset = Math.max(offset, offsets[other]! + Math.ceil(Math.max(1, otherBytes) / alignment) * alignment);
    }
    offsets[k] = offset;
    total = Math.max(total, offset + size);
    const position = placed.findIndex((other) => offsets[other]! > offset);
    placed.splice(position < 0 ? placed.length : position, 0, k);
  }
  return { offsets, bytes: total };
}
