import assert from "node:assert/strict";
import fc from "fast-check";
import { placeInArena, type Lifetime } from "../../lib/graph/arena.js";

const lifetime = fc
  .record({ from: fc.nat(40), length: fc.oneof(fc.nat(20), fc.constant(Infinity)), bytes: fc.nat(2000) })
  .map(({ from, length, bytes }): Lifetime => ({ from, to: from + length, bytes }));

const overlapInTime = (a: Lifetime, b: Lifetime): boolean => a.from <= b.to && b.from <= a.to;

describe("arena", () => {
  it("never gives two pieces that are needed at one time the same memory", () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 60 }), (lifetimes) => {
        const { offsets, bytes } = placeInArena(lifetimes);
        lifetimes.forEach((a, i) => {
          const end = offsets[i]! + a.bytes;
          assert.equal(offsets[i]! % 64, 0, "aligned");
          assert.ok(offsets[i]! >= 0 && end <= bytes, "inside the arena");
          lifetimes.slice(0, i).forEach((b, j) => {
            const apart = end <= offsets[j]! || offsets[j]! + b.bytes <= offsets[i]!;
            assert.ok(apart || !overlapInTime(a, b), `${i} and ${j} overlap`);
          });
        });
      }),
    );
  });

  it("uses memory again: the arena is as large as the fullest moment where pieces have one size", () => {
    const lifetimes = Array.from({ length: 100 }, (_, k) => ({ from: k, to: k + 1, bytes: 64 }));
    assert.equal(placeInArena(lifetimes).bytes, 128);
  });

  it("gives pieces of no bytes a place of their own", () => {
    const { offsets, bytes } = placeInArena([0, 1].map(() => ({ from: 0, to: 1, bytes: 0 })));
    assert.notEqual(offsets[0], offsets[1]);
    assert.equal(bytes, 128);
  });
});
