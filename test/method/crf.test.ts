import assert from "node:assert/strict";
import fc from "fast-check";
import { ints, noise, type NdArray } from "../../lib/graph/nd-array.js";
import type { Op } from "../../lib/graph/op.js";
import { bioTransitions, crfLossOp } from "../../lib/graph/ops/crf-loss.js";
import { crfMarginalsOp } from "../../lib/graph/ops/crf-marginals.js";
import { crfSpanPosteriorOp } from "../../lib/graph/ops/crf-span-posterior.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { referenceOf, runOnAddon } from "../support/run-op.js";

interface Field {
  scores: NdArray;
  transitions: NdArray;
  tags: number;
  words: number;
}

/** Every sequence of one sentence with its probability, by enumeration. */
function enumerate({ scores, transitions, tags, words }: Field): { sequence: number[]; p: number }[] {
  const sequences = Array.from({ length: tags ** words }, (_, k) =>
    Array.from({ length: words }, (_word, j) => Math.floor(k / tags ** j) % tags),
  );
  const weights = sequences.map((sequence) =>
    Math.exp(
      sequence.reduce((score, tag, j) => {
        const before = j === 0 ? tags : sequence[j - 1]!;
        return score + scores.data[j * tags + tag]! + transitions.data[before * tags + tag]!;
      }, 0),
    ),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  return sequences.map((sequence, k) => ({ sequence, p: weights[k]! / total }));
}

const probability = (field: Field, accepts: (sequence: readonly number[]) => boolean): number =>
  enumerate(field).reduce((sum, { sequence, p }) => (accepts(sequence) ? sum + p : sum), 0);

const fields = fc.record({
  types: fc.constantFrom(1, 2),
  words: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(9999),
  bio: fc.boolean(),
});

function fieldOf({
  types,
  words,
  seed,
  bio,
}: {
  types: number;
  words: number;
  seed: number;
  bio: boolean;
}): Field {
  const tags = 2 * types + 1;
  const transitions = bio ? bioTransitions(types, seed) : noise([tags + 1, tags], seed, 2);
  return { scores: noise([words, tags], seed + 1, 4), transitions, tags, words };
}

describe("CRF against enumeration of all sequences", () => {
  const engine = new AddonEngine(loadAddon(), { level: loadAddon().bestLevel(), threads: 1 });
  after(() => engine.dispose());

  async function check(op: Op, inputs: NdArray[], expected: number[]): Promise<void> {
    const [reference] = referenceOf(op, { inputs });
    const [native] = await runOnAddon(engine, op, { inputs });
    expected.forEach((value, k) => {
      assert.ok(Math.abs(reference!.data[k]! - value) <= 1e-10 * (1 + Math.abs(value)), "reference");
      assert.ok(Math.abs(native![k]! - value) <= 1e-5 * (1 + Math.abs(value)), "kernel");
    });
  }
  const wordsOf = ({ words }: Field) => ints([1, 2], [0, words]);

  it("gives every tag its share of the sequences", () =>
    fc.assert(
      fc.asyncProperty(fields, async (shape) => {
        const field = fieldOf(shape);
        const expected = Array.from(field.scores.data, (_, i) =>
          probability(field, (sequence) => sequence[Math.floor(i / field.tags)] === i % field.tags),
        );
        await check(crfMarginalsOp, [field.scores, field.transitions, wordsOf(field)], expected);
      }),
      { numRuns: 25 },
    ));

  it("takes the loss of sentences whose tags are partly known from all sequences that agree", () =>
    fc.assert(
      fc.asyncProperty(
        fields,
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        async (shape, known) => {
          const field = fieldOf({ ...shape, bio: false });
          const gold = Array.from({ length: field.words }, (_, j) => (known[j] ? (j * 7) % field.tags : -1));
          const agrees = (sequence: readonly number[]) =>
            gold.every((tag, j) => tag < 0 || tag === sequence[j]);
          const counted = Math.max(1, gold.filter((tag) => tag >= 0).length);
          const expected = -Math.log(probability(field, agrees)) / counted;
          const inputs = [field.scores, field.transitions, wordsOf(field), ints([field.words], gold)];
          await check(crfLossOp, inputs, [expected]);
        },
      ),
      { numRuns: 25 },
    ));

  it("gives a span the sequences that hold exactly it", () =>
    fc.assert(
      fc.asyncProperty(fields, async (shape) => {
        const field = fieldOf(shape);
        const spans: [number, number, number][] = [];
        for (let first = 0; first < field.words; first++)
          for (let count = 1; first + count <= field.words; count++)
            for (let type = 0; type < shape.types; type++) spans.push([first, count, type]);
        const expected = spans.map(([first, count, type]) =>
          probability(field, (sequence) => {
            const tagsInside = sequence.slice(first, first + count);
            const fits = tagsInside.every((tag, j) => tag === (j === 0 ? 1 : 2) + 2 * type);
            return fits && sequence[first + count] !== 2 + 2 * type;
          }),
        );
        const given = ints([spans.length, 3], spans.flat());
        await check(crfSpanPosteriorOp, [field.scores, field.transitions, wordsOf(field), given], expected);
      }),
      { numRuns: 25 },
    ));

  it("refuses spans that leave their sentence or have no type", async () => {
    const field = fieldOf({ types: 2, words: 4, seed: 1, bio: true });
    const words = ints([2, 2], [0, 2, 2, 2]);
    for (const span of [
      [1, 2, 0],
      [0, 0, 0],
      [3, 1, 2],
      [-1, 1, 0],
    ]) {
      // prettier-ignore
      const inputs = [field.scores, field.transitions, words, ints([1, 3], span)];
      await assert.rejects(runOnAddon(engine, crfSpanPosteriorOp, { inputs }), { code: "SHAPE_MISMATCH" });
    }
  });
});
