import assert from "node:assert/strict";
import fc from "fast-check";
import { philox, Random } from "../../lib/data/random.js";
import { isCdlmError } from "./expect-error.js";

const seeds = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe("random", () => {
  it("is Philox 2x32-10: the published test vectors", () => {
    assert.deepEqual(philox([0, 0], 0), [0xff1dae59, 0x6cd10df2]);
    assert.deepEqual(philox([0xffffffff, 0xffffffff], 0xffffffff), [0x2c3f628b, 0xab4fd7ad]);
    assert.deepEqual(philox([0x243f6a88, 0x85a308d3], 0x13198a2e), [0xdd7ce038, 0xf62a4c12]);
  });

  it("gives the same numbers for the same seed and path, others for another", () => {
    const draw = (random: Random) => Array.from({ length: 5 }, () => random.next());
    const first = draw(Random.of(7, "batches", 3));
    assert.deepEqual(draw(Random.of(7, "batches", 3)), first);
    const others = [
      Random.of(8, "batches", 3),
      Random.of(7, "batches", 4),
      Random.of(7, "few-shot", 3),
      Random.of(7),
    ];
    for (const other of others) assert.notDeepEqual(draw(other), first);
  });

  it("keeps its promise across versions: fixed values", () => {
    const random = Random.of(1, "golden");
    assert.deepEqual(random.shuffle([0, 1, 2, 3, 4, 5, 6, 7]), [2, 6, 3, 7, 5, 1, 4, 0]);
  });

  it("goes on from a state that went through JSON", () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 50 }), (seed, skip) => {
        const random = Random.of(seed);
        for (let i = 0; i < skip; i++) random.next();
        const copy = Random.resume(JSON.parse(JSON.stringify(random.state)) as typeof random.state);
        assert.deepEqual(copy.shuffle([1, 2, 3, 4, 5, 6]), random.shuffle([1, 2, 3, 4, 5, 6]));
        assert.deepEqual(copy.state, random.state);
      }),
    );
  });

  it("is uniform: every value of a die, every order of three", () => {
    const random = Random.of(11);
    const draws = 60_000;
    const faces = new Map<string, number>();
    const orders = new Map<string, number>();
    const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
    for (let i = 0; i < draws; i++) {
      count(faces, `${random.below(6)}`);
      count(orders, random.shuffle(["a", "b", "c"]).join(""));
    }
    for (const map of [faces, orders]) {
      assert.equal(map.size, 6);
      const chi = [...map.values()].reduce((sum, n) => sum + (n - draws / 6) ** 2 / (draws / 6), 0);
      assert.ok(chi < 20.5, `chi squared with 5 degrees of freedom is ${chi}`); // p = 0.001
    }
  });

  it("shuffles a copy and keeps every item", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const before = [...items];
        const shuffled = Random.of(seed).shuffle(items);
        assert.deepEqual(items, before);
        assert.deepEqual([...shuffled].sort(), [...items].sort());
      }),
    );
  });

  it("draws choices from the items only", () => {
    const random = Random.of(5);
    const seen = new Set(Array.from({ length: 100 }, () => random.choice(["x", "y", "z"])));
    assert.deepEqual([...seen].sort(), ["x", "y", "z"]);
    assert.throws(() => random.choice([]), isCdlmError("INVALID_OPTION"));
  });

  it("refuses seeds and bounds out of range", () => {
    for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      assert.throws(() => Random.of(seed), isCdlmError("INVALID_OPTION", { received: `${seed}` }));
    }
    for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
      assert.throws(() => Random.of(1).below(bound), isCdlmError("INVALID_OPTION"));
    }
  });
});
