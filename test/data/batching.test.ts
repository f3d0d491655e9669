import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluationBatches, trainingBatches, type BatchSize } from "../../lib/data/batching.js";
import { isCdlmError } from "./expect-error.js";

const lengthLists = fc.array(fc.nat({ max: 120 }), { maxLength: 300 });
const amounts = fc.integer({ min: 1, max: 64 });
const sizes: fc.Arbitrary<BatchSize> = fc.oneof(
  fc.record({ sentences: amounts }),
  fc.record({ pieces: fc.integer({ min: 1, max: 500 }) }),
);
const cursors = fc.record({ seed: fc.nat(), epoch: fc.nat({ max: 100 }) });

const piecesOf = (batch: number[], lengths: number[]) =>
  batch.reduce((sum, index) => sum + lengths[index]!, 0);

function assertHoldsEveryIndexOnce(batches: number[][], count: number): void {
  assert.deepEqual(
    batches.flat().sort((a, b) => a - b),
    Array.from({ length: count }, (_, index) => index),
  );
  assert.ok(batches.every((batch) => batch.length > 0));
}

/** A batch exceeds the budget only when it is one long sentence, and no two neighbours could have been one. */
function assertWithinBudget(batches: number[][], lengths: number[], budget: number): void {
  for (const [position, batch] of batches.entries()) {
    assert.ok(batch.length === 1 || piecesOf(batch, lengths) <= budget);
    const next = batches[position + 1];
    if (next) assert.ok(piecesOf(batch, lengths) + lengths[next[0]!]! > budget, "the budget is not used");
  }
}

describe("batching", () => {
  it("holds every sentence exactly once, whatever the size", () => {
    fc.assert(
      fc.property(lengthLists, sizes, cursors, (lengths, size, cursor) => {
        assertHoldsEveryIndexOnce(trainingBatches(lengths, size, cursor), lengths.length);
      }),
    );
  });

  it("depends on seed and epoch alone, so that a resumed run goes on identically", () => {
    const lengths = Array.from({ length: 200 }, (_, i) => (i * 37) % 50);
    for (const size of [{ sentences: 8 }, { pieces: 256 }]) {
      const batches = trainingBatches(lengths, size, { seed: 3, epoch: 5 });
      trainingBatches(lengths, size, { seed: 3, epoch: 4 });
      assert.deepEqual(trainingBatches(lengths, size, { seed: 3, epoch: 5 }), batches);
      assert.notDeepEqual(trainingBatches(lengths, size, { seed: 3, epoch: 6 }), batches);
      assert.notDeepEqual(trainingBatches(lengths, size, { seed: 4, epoch: 5 }), batches);
    }
  });

  it("by sentences: full batches but for one in each pool's end, sorted within", () => {
    fc.assert(
      fc.property(lengthLists, amounts, cursors, (lengths, sentences, cursor) => {
        const batches = trainingBatches(lengths, { sentences }, cursor);
        assert.equal(batches.length, Math.ceil(lengths.length / sentences));
        assert.ok(batches.filter((batch) => batch.length < sentences).length <= 1);
        for (const batch of batches) {
          const own = batch.map((index) => lengths[index]!);
          assert.deepEqual(
            own,
            [...own].sort((a, b) => a - b),
          );
        }
      }),
    );
  });

  it("by sentences: buckets by length inside pools of 20 batches", () => {
    // 40 batches of 4 are two pools; in each pool the sorted lengths fall into 20 runs that do not overlap.
    const lengths = Array.from({ length: 160 }, (_, index) => index + 1);
    const batches = trainingBatches(lengths, { sentences: 4 }, { seed: 1, epoch: 0 });
    const spread = batches.map((batch) => lengths[batch.at(-1)!]! - lengths[batch[0]!]!);
    const mean = spread.reduce((sum, x) => sum + x, 0) / spread.length;
    assert.ok(mean < 12, `lengths in a batch differ by ${mean} of 160`); // without buckets: about 95
    assert.ok(mean > 3, "one pool only: the batches are the same sentences in every epoch");
    const onePool = trainingBatches(lengths.slice(0, 80), { sentences: 4 }, { seed: 1, epoch: 0 });
    const firsts = onePool.map((batch) => batch[0]!);
    assert.notDeepEqual(
      firsts,
      [...firsts].sort((a, b) => a - b),
      "batches are not shuffled",
    );
  });

  it("by pieces: the budget holds and is used, and sentences are mixed", () => {
    fc.assert(
      fc.property(lengthLists, fc.integer({ min: 1, max: 500 }), cursors, (lengths, pieces, cursor) => {
        assertWithinBudget(trainingBatches(lengths, { pieces }, cursor), lengths, pieces);
      }),
    );
    const lengths = Array.from({ length: 100 }, (_, index) => 1 + ((index * 37) % 100));
    const [first, second] = [0, 1].map((epoch) => trainingBatches(lengths, { pieces: 150 }, { seed: 1, epoch }).flat()); // prettier-ignore
    assert.notDeepEqual(first, second);
    for (const order of [first!, second!]) {
      const steps = order.slice(1).map((index, k) => Math.abs(lengths[index]! - lengths[order[k]!]!));
      const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
      assert.ok(mean > 25, `neighbours differ by ${mean} of 100`); // sorted: 1; at random: about 33
    }
  });

  it("for evaluation: sorted by length, every index once, within the budget", () => {
    fc.assert(
      fc.property(lengthLists, fc.integer({ min: 1, max: 500 }), (lengths, pieces) => {
        const batches = evaluationBatches(lengths, { pieces });
        assertHoldsEveryIndexOnce(batches, lengths.length);
        assertWithinBudget(batches, lengths, pieces);
        const order = batches.flat().map((index) => lengths[index]!);
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
        );
      }),
    );
  });

  it("gives no batches for no sentences", () => {
    assert.deepEqual(trainingBatches([], { sentences: 8 }, { seed: 0, epoch: 0 }), []);
    assert.deepEqual(evaluationBatches([], { pieces: 8 }), []);
  });

  it("refuses sizes that are not positive whole numbers", () => {
    for (const size of [0, -1, 1.5, NaN, Infinity]) {
      const cursor = { seed: 0, epoch: 0 };
      const refused = isCdlmError("INVALID_OPTION", { received: `${size}` });
      assert.throws(() => trainingBatches([1], { sentences: size }, cursor), refused);
      assert.throws(() => trainingBatches([1], { pieces: size }, cursor), refused);
      assert.throws(() => evaluationBatches([1], { pieces: size }), refused);
    }
    assert.throws(
      () => trainingBatches([1], { pieces: 1 }, { seed: 0, epoch: -1 }),
      isCdlmError("INVALID_OPTION"),
    );
  });
});
