import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { loadSentences } from "../../lib/data/dataset.js";
import { drawFewShot } from "../../lib/data/few-shot.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { isCdlmError } from "./expect-error.js";

const mention = fc.constantFrom("O", "B-a", "B-b", "B-c", "B-rare");
const pools = fc.array(
  fc.array(mention, { minLength: 1, maxLength: 5 }).map((tags) => ({ words: tags.map(() => "w"), tags })),
  { minLength: 1, maxLength: 40 },
);
const count = (sentences: readonly Sentence[], type: string) =>
  sentences.flatMap(({ tags }) => tags).filter((tag) => tag === `B-${type}`).length;

describe("few-shot draw", () => {
  it("keeps its promise for every type: K mentions, or all there are", () => {
    fc.assert(
      fc.property(pools, fc.integer({ min: 1, max: 8 }), fc.nat(), (sentences, shots, seed) => {
        const draw = drawFewShot(sentences, { shots, draw: seed });
        for (const { type, available, drawn, short } of draw.report) {
          assert.equal(available, count(sentences, type));
          assert.equal(drawn, count(draw.sentences, type));
          assert.ok(drawn >= Math.min(shots, available));
          assert.equal(short, available < shots);
          if (short) assert.equal(drawn, available);
        }
        const rarity = draw.report.map(({ available }) => available);
        assert.deepEqual(
          rarity,
          [...rarity].sort((a, b) => a - b),
          "rarest first",
        );
      }),
    );
  });

  it("takes each sentence at most once, in order, and none without a mention", () => {
    fc.assert(
      fc.property(pools, fc.integer({ min: 1, max: 8 }), fc.nat(), (sentences, shots, seed) => {
        const { indices, sentences: drawn } = drawFewShot(sentences, { shots, draw: seed });
        assert.deepEqual(
          indices,
          [...new Set(indices)].sort((a, b) => a - b),
        );
        assert.deepEqual(
          drawn,
          indices.map((index) => sentences[index]),
        );
        assert.ok(drawn.every(({ tags }) => tags.some((tag) => tag !== "O")));
      }),
    );
  });

  it("takes no more than needed: K sentences a type at most, and none when a rarer type brought enough", () => {
    const both = { words: ["w", "w"], tags: ["B-rare", "B-common"] };
    const common = { words: ["w"], tags: ["B-common"] };
    const sentences = [...Array.from({ length: 20 }, () => common), both, both, both];
    const { sentences: drawn, report } = drawFewShot(sentences, { shots: 3, draw: 1 });
    assert.deepEqual(drawn, [both, both, both]);
    assert.deepEqual(report, [
      { type: "rare", available: 3, drawn: 3, short: false },
      { type: "common", available: 23, drawn: 3, short: false },
    ]);
    fc.assert(
      fc.property(pools, fc.integer({ min: 1, max: 8 }), fc.nat(), (pool, shots, seed) => {
        const draw = drawFewShot(pool, { shots, draw: seed });
        assert.ok(draw.indices.length <= shots * draw.report.length);
      }),
    );
  });

  it("draws the same for the same number, and otherwise for others", () => {
    const sentences = Array.from({ length: 50 }, (_, id) => ({ id, words: ["w"], tags: ["B-a"] }));
    const indicesOf = (draw: number) => drawFewShot(sentences, { shots: 5, draw }).indices;
    assert.deepEqual(indicesOf(1), indicesOf(1));
    assert.equal(new Set([1, 2, 3, 4, 5].map((draw) => indicesOf(draw).join())).size, 5);
  });

  it("reports types without any mention, and draws only for the wanted types", () => {
    const sentences = [
      { words: ["w"], tags: ["B-a"] },
      { words: ["w"], tags: ["B-b"] },
    ];
    const { indices, report } = drawFewShot(sentences, { shots: 1, draw: 0, types: ["b", "none"] });
    assert.deepEqual(indices, [1]);
    assert.deepEqual(report, [
      { type: "none", available: 0, drawn: 0, short: true },
      { type: "b", available: 1, drawn: 1, short: false },
    ]);
  });

  it("says of CrossNER's music data which types are short", async () => {
    const { content } = await loadSentences(join("examples", "data", "music", "train.txt"));
    const { report, sentences } = drawFewShot(content, { shots: 20, draw: 1 });
    const short = report.filter((type) => type.short).map(({ type, available }) => `${type} ${available}`);
    assert.deepEqual(short, ["musicalinstrument 2", "event 12", "person 15"]);
    assert.ok(sentences.length < content.length);
  });

  it("refuses wrong shots and an empty pool", () => {
    for (const shots of [0, -1, 1.5, NaN]) {
      const sentences = [{ words: ["w"], tags: ["O"] }];
      assert.throws(() => drawFewShot(sentences, { shots, draw: 0 }), isCdlmError("INVALID_OPTION"));
    }
    assert.throws(() => drawFewShot([], { shots: 1, draw: 0 }), isCdlmError("DATA_EMPTY"));
  });
});
