import assert from "node:assert/strict";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";
import { joinWindows, planWindows, type Window } from "../../lib/text/windows.js";

const sum = (counts: readonly number[], from: number, to: number) =>
  counts.slice(from, to).reduce((total, count) => total + count, 0);

/** Pieces between a word and the nearer place of cutting; the ends of the sentence are none. */
function distance(window: Window, word: number, counts: readonly number[]): number {
  const left = window.start === 0 ? Infinity : sum(counts, window.start, word);
  const right = window.end === counts.length ? Infinity : sum(counts, word + 1, window.end);
  return Math.min(left, right);
}

describe("windows", () => {
  it("leaves a sentence that fits in one window", () => {
    assert.deepEqual(planWindows([1, 2, 3], 8), {
      windows: [{ start: 0, end: 3, keepStart: 0, keepEnd: 3 }],
      warnings: [],
    });
    assert.deepEqual(planWindows([], 8).windows, [{ start: 0, end: 0, keepStart: 0, keepEnd: 0 }]);
  });

  it("cuts with an overlap of a quarter, shared half and half", () => {
    const { windows, warnings } = planWindows(new Array<number>(20).fill(1), 10);
    assert.deepEqual(windows, [
      { start: 0, end: 8, keepStart: 0, keepEnd: 7 },
      { start: 6, end: 14, keepStart: 7, keepEnd: 13 },
      { start: 12, end: 20, keepStart: 13, keepEnd: 20 },
    ]);
    assert.deepEqual(warnings, []);
  });

  it("sets a word that is too long alone and says so", () => {
    const { windows, warnings } = planWindows([1, 9, 1], 10);
    assert.deepEqual(
      windows.map(({ start, end }) => [start, end]),
      [[0, 1], [1, 2], [2, 3]], // prettier-ignore
    );
    assert.deepEqual(warnings, ["word 2 has 9 pieces; only the first 8 are read"]);
    assert.equal(planWindows([8], 10).warnings.length, 0, "a word that just fits");
  });

  const counts = fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 })), {
    maxLength: 60,
  });
  const positions = fc.integer({ min: 3, max: 24 });

  it("drops nothing, fits everywhere, and takes each word from its best window", () => {
    fc.assert(
      fc.property(counts, positions, (raw, maxPositions) => {
        const { windows, warnings } = planWindows(raw, maxPositions);
        const room = maxPositions - 2;
        const fitting = raw.map((count) => Math.min(count, room));
        assert.equal(warnings.length, raw.filter((count) => count > room).length);
        let kept = 0;
        for (const [index, window] of windows.entries()) {
          assert.ok(sum(fitting, window.start, window.end) <= room);
          assert.ok(window.start <= window.keepStart && window.keepEnd <= window.end);
          assert.equal(window.keepStart, kept);
          kept = window.keepEnd;
          const before = windows[index - 1];
          if (before) {
            assert.ok(window.start > before.start && window.start <= before.end && window.end > before.end);
            assert.ok(sum(fitting, window.start, before.end) <= room / 4);
          }
          for (let word = window.keepStart; word < window.keepEnd; word++) {
            const others = windows.filter(({ start, end }) => start <= word && word < end);
            const best = Math.max(...others.map((other) => distance(other, word, fitting)));
            assert.equal(distance(window, word, fitting), best);
          }
        }
        assert.equal(kept, raw.length);
      }),
      { numRuns: 1000 },
    );
  });

  it("joins the windows' rows to one per word", () => {
    fc.assert(
      fc.property(counts, positions, (raw, maxPositions) => {
        const { windows } = planWindows(raw, maxPositions);
        const rows = windows.map(({ start, end }, index) =>
          Array.from({ length: end - start }, (_, offset) => ({ word: start + offset, index })),
        );
        const joined = joinWindows(windows, rows);
        assert.deepEqual(
          joined.map(({ word }) => word),
          raw.map((_, word) => word),
        );
        for (const { word, index } of joined) {
          assert.ok(windows[index]!.keepStart <= word && word < windows[index]!.keepEnd);
        }
      }),
    );
    const { windows } = planWindows([1, 1], 4);
    assert.throws(() => joinWindows(windows, [[1]]), CdlmError);
    assert.throws(() => joinWindows(windows, [[1, 2], []]), CdlmError);
  });

  it("plans 100,000 words quickly", () => {
    const many = Int32Array.from({ length: 100_000 }, (_, word) => 1 + ((word * 7) % 5));
    const began = performance.now();
    const { windows } = planWindows(many, 512);
    assert.ok(performance.now() - began < 500);
    assert.equal(windows.at(-1)!.keepEnd, 100_000);
  });

  for (const maxPositions of [2, 0, -1, 10.5, NaN]) {
    it(`refuses maxPositions ${maxPositions}`, () => {
      assert.throws(
        () => planWindows([1], maxPositions),
        (error: unknown) => error instanceof CdlmError && error.code === "INVALID_OPTION",
      );
    });
  }

  it("refuses a word without pieces", () => {
    assert.throws(() => planWindows([1, 0], 10), /word 2 has no valid number of pieces/);
    assert.throws(() => planWindows([NaN], 10), CdlmError);
  });
});
