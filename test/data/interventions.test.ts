import assert from "node:assert/strict";
import fc from "fast-check";
import {
  contextPool,
  mentionKey,
  mentionPool,
  swapContext,
  swapMentions,
} from "../../lib/data/interventions.js";
import { Random } from "../../lib/data/random.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { spansOf, tagsOf } from "../../lib/text/spans.js";

const sentence = (text: string, tags: string): Sentence => ({
  words: text.split(" "),
  tags: tags.split(" "),
});
const nina = sentence("Nina Simone sang in Paris .", "B-artist I-artist O O B-city O");
const bowie = sentence("In Berlin lived Bowie", "O B-city O B-artist");
const pool = mentionPool([bowie]);
const plain = sentence("Nobody came .", "O O O");

describe("interventions", () => {
  it("put other mentions of the type into the sentence, whatever their length", () => {
    const swapped = swapMentions(nina, mentionPool([bowie]), 1, Random.of(1));
    assert.deepEqual(swapped, sentence("Bowie sang in Berlin .", "B-artist O O B-city O"));
    const longer = swapMentions(bowie, mentionPool([nina]), 1, Random.of(1));
    assert.deepEqual(longer, sentence("In Paris lived Nina Simone", "O B-city O B-artist I-artist"));
  });

  it("leave types without a mention in the pool, and sentences without entities", () => {
    assert.equal(swapMentions(nina, new Map(), 1, Random.of(1)), nina);
    assert.equal(swapMentions(plain, mentionPool([nina]), 1, Random.of(1)), plain);
    assert.equal(swapContext(plain, contextPool([nina]), Random.of(1)), plain);
    assert.equal(swapContext(nina, contextPool([nina]), Random.of(1)), nina);
  });

  it("of a share of 0 give the sentence itself, of 1 exchange every mention", () => {
    const [none, all] = [0, 1].map((share) =>
      Array.from({ length: 50 }, (_, seed) => swapMentions(nina, pool, share, Random.of(seed))),
    );
    for (const swapped of none!) assert.equal(swapped, nina);
    for (const { words } of all!) assert.deepEqual(words, ["Bowie", "sang", "in", "Berlin", "."]);
  });

  for (const share of [0.25, 0.5])
    it(`of a share of ${share} exchange about as many mentions, each by itself`, () => {
      const counts = [0, 0, 0];
      for (let seed = 0; seed < 1000; seed++) {
        const { words } = swapMentions(nina, pool, share, Random.of(seed));
        counts[Number(words.includes("Bowie")) + Number(words.includes("Berlin"))]!++;
      }
      const expected = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
      counts.forEach((count, k) =>
        assert.ok(Math.abs(count / 1000 - expected[k]!) < 0.06, `${k} of 2: ${count} of 1000`),
      );
    });

  it("put a mention into another sentence's context", () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 20; seed++)
      found.add(swapContext(nina, contextPool([nina, bowie]), Random.of(seed)).words.join(" "));
    assert.deepEqual([...found].sort(), ["In Berlin lived Nina Simone", "In Paris lived Bowie"]);
  });

  it("keep everything but the mentions, for any sentences and share", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 });
    const part = fc.record({ words, type: fc.constantFrom(undefined, "x", "y") });
    const built = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => {
      let at = 0;
      const spans = parts.flatMap((one) => {
        const [start, end] = [at, (at += one.words.length)];
        return one.type === undefined ? [] : [{ start, end, type: one.type }];
      });
      return { words: parts.flatMap((one) => one.words), tags: tagsOf(spans, at) };
    });
    const outside = ({ words: all, tags }: Sentence) => all.filter((_, k) => tags[k] === "O");
    fc.assert(
      fc.property(
        built,
        built,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1000),
        (one, other, share, seed) => {
          const changed = swapMentions(one, mentionPool([other]), share, Random.of(seed));
          assert.deepEqual(outside(changed), outside(one));
          assert.deepEqual(
            spansOf(changed.tags).map(({ type }) => type),
            spansOf(one.tags).map(({ type }) => type),
          );
          assert.equal(changed.words.length, changed.tags.length);
        },
      ),
    );
  });

  it("draw from pools that leave out what another pool holds", () => {
    const seen = new Set([...mentionPool([nina]).values()].flat().map(mentionKey));
    const pool = mentionPool([nina, bowie, sentence("NINA simone", "B-artist I-artist")], seen);
    assert.deepEqual(
      [...pool],
      [
        ["city", [["Berlin"]]],
        ["artist", [["Bowie"]]],
      ],
    );
  });
});
