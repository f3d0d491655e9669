import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { f1Percent, scoreSpans, sentenceCounts, type SpanScore } from "../../lib/eval/span-scores.js";
import { isCdlmError } from "../data/expect-error.js";

type Reference = Record<string, { precision: number; recall: number; "f1-score": number; support: number }>;
interface Golden {
  cases: { gold: string[][]; predicted: string[][]; conll: Reference; strict_iob2: Reference }[];
}

// Tests run compiled, with the project as working directory; golden files are not compiled.
const golden = JSON.parse(readFileSync(join("test", "golden", "scores.json"), "utf8")) as Golden;
const averages = ["micro avg", "macro avg", "weighted avg"];

const tag = fc.constantFrom("O", "B-x", "I-x", "B-y", "I-y");
const tagPairs = fc
  .array(fc.array(fc.tuple(tag, tag), { minLength: 1, maxLength: 8 }), { maxLength: 6 })
  .map((sentences) => [0, 1].map((side) => sentences.map((pairs) => pairs.map((pair) => pair[side]!))));

function assertClose(score: SpanScore, reference: Reference[string]): void {
  const expected = { ...reference, f1: reference["f1-score"] };
  for (const name of ["precision", "recall", "f1"] as const) {
    const difference = Math.abs(score[name] - 100 * expected[name]);
    assert.ok(difference < 1e-9, `${name}: ${score[name]} instead of ${100 * expected[name]}`);
  }
  assert.equal(score.support, reference.support);
}

describe("span scores", () => {
  for (const [name, reading] of [
    ["conll", "conll"],
    ["strict_iob2", "strict"],
  ] as const) {
    it(`equals the reference values, ${name}`, () => {
      assert.equal(golden.cases.length, 6);
      for (const example of golden.cases) {
        const scores = scoreSpans(example.gold, example.predicted, reading);
        const reference = example[name];
        assertClose(scores.micro, reference["micro avg"]!);
        assertClose(scores.macro, reference["macro avg"]!);
        assert.deepEqual(
          Object.keys(scores.types),
          Object.keys(reference).filter((key) => !averages.includes(key)),
        );
        for (const [type, score] of Object.entries(scores.types)) assertClose(score, reference[type]!);
      }
    });
  }

  it("reads an orphan I- in two ways", () => {
    const gold = [["B-x", "I-x", "O", "B-y"]];
    const predicted = [["I-x", "I-x", "O", "I-y"]];
    assert.equal(scoreSpans(gold, predicted).micro.f1, 100);
    assert.equal(scoreSpans(gold, predicted, "strict").micro.f1, 0);
  });

  it("wants border and type right", () => {
    const gold = [["B-x", "I-x", "O"]];
    const f1 = (tags: string) => scoreSpans(gold, [tags.split(" ")]).micro.f1;
    assert.equal(f1("B-x I-x O"), 100);
    assert.equal(f1("B-x O O"), 0);
    assert.equal(f1("B-x I-x I-x"), 0);
    assert.equal(f1("B-y I-y O"), 0);
    assert.equal(f1("B-x B-x O"), 0);
    assert.equal(f1("B-x I-x B-x").toFixed(6), "66.666667");
  });

  it("scores nothing as zero and counts words", () => {
    const zero = { precision: 0, recall: 0, f1: 0, support: 0 };
    assert.deepEqual(scoreSpans([], []), { micro: zero, macro: zero, types: {}, sentences: 0, words: 0 });
    const scores = scoreSpans([["O", "O"], ["O"]], [["O", "O"], ["B-x"]]);
    assert.deepEqual(scores, { micro: zero, macro: zero, types: { x: zero }, sentences: 2, words: 3 });
  });

  it("is 100 for gold itself, and swapping the sides swaps precision and recall", () => {
    fc.assert(
      fc.property(tagPairs, fc.constantFrom("conll" as const, "strict" as const), ([a, b], reading) => {
        const self = scoreSpans(a!, a!, reading);
        assert.equal(self.micro.f1, self.micro.support > 0 ? 100 : 0);
        const [there, back] = [scoreSpans(a!, b!, reading).micro, scoreSpans(b!, a!, reading).micro];
        assert.deepEqual([there.precision, there.recall, there.f1], [back.recall, back.precision, back.f1]);
      }),
    );
  });

  it("counts by sentence add up to the micro score and to the types", () => {
    fc.assert(
      fc.property(tagPairs, ([gold, predicted]) => {
        const scores = scoreSpans(gold!, predicted!);
        const counts = sentenceCounts(gold!, predicted!);
        assert.equal(counts.length, gold!.length);
        const sum = (name: "correct" | "predicted" | "gold") =>
          counts.reduce((total, one) => total + one[name], 0);
        const total = { correct: sum("correct"), predicted: sum("predicted"), gold: sum("gold") };
        assert.equal(f1Percent(total), scores.micro.f1);
        assert.equal(total.gold, scores.micro.support);
        assert.equal(scores.macro.support, total.gold);
      }),
    );
  });

  it("refuses tags that do not fit together or are not IOB2", () => {
    const invalid = isCdlmError("DATA_INVALID");
    assert.throws(() => scoreSpans([["O"]], []), invalid);
    assert.throws(() => scoreSpans([["O"]], [["O", "O"]]), invalid);
    assert.throws(() => sentenceCounts([["O"]], [["O", "O"]]), invalid);
    assert.throws(() => scoreSpans([["O"]], [["S-x"]]), invalid);
    assert.throws(() => scoreSpans([["x"]], [["O"]]), invalid);
  });
});
