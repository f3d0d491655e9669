import assert from "node:assert/strict";
import fc from "fast-check";
import { abstractCounts, targetTransitions } from "../../lib/baselines/abstract-transitions.js";
import { tagsOfTypes, typesOfWords } from "../../lib/baselines/io-tags.js";
import { NearestWords } from "../../lib/baselines/nearest-words.js";
import { sequenceDecoder } from "../../lib/baselines/structshot.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { cutSentence } from "../../lib/model/passages.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import type { TaggerModel } from "../../lib/model/tagger-model.js";
import { createEngine } from "../../lib/native/create-engine.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { analysed } from "../../lib/training/analysed.js";
import { firstSentences, temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

const close = (actual: ArrayLike<number>, expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, k) =>
    assert.ok(Math.abs(actual[k]! - value) < 1e-5, `${k}: ${actual[k]} for ${value}`),
  );
};

describe("IO tags", () => {
  it("join touching mentions of one type, and keep those of different types apart", () => {
    const types = typesOfWords(["B-a", "I-a", "B-a", "B-b", "O", "I-b"]);
    assert.deepEqual(types, ["a", "a", "a", "b", undefined, "b"]);
    assert.deepEqual(tagsOfTypes(types), ["B-a", "I-a", "I-a", "B-b", "O", "B-b"]);
  });

  it("come back from their own IOB2 tags", () => {
    const word = fc.constantFrom("a", "b", undefined);
    fc.assert(fc.property(fc.array(word, { minLength: 1 }), (types) => assert.deepEqual(typesOfWords(tagsOfTypes(types)), types))); // prettier-ignore
  });
});

describe("StructShot", () => {
  // Worked out by hand: start to O and to I once each; O to I once; I to the same, to another and to O: 1, 1, 2.
  const source = [
    ["O", "B-p", "I-p", "O"],
    ["B-p", "B-q", "O"],
  ];

  it("counts what follows what, whatever the types", () => {
    assert.deepEqual(abstractCounts(source), {
      start: { outside: 1, inside: 1 },
      outside: { outside: 0, inside: 1 },
      inside: { outside: 2, same: 1, other: 1 },
    });
  });

  it("spreads it over the target types, and never forbids anything", () => {
    const log = (values: number[]) => values.map(Math.log);
    close(targetTransitions(abstractCounts(source), 2, 1), [
      ...log([1e-6, 1 / 2, 1 / 2]), // after O
      ...log([1 / 2, 1 / 4, 1 / 4]), // after the first type
      ...log([1 / 2, 1 / 4, 1 / 4]), // after the second
      ...log([1 / 2, 1 / 4, 1 / 4]), // at the start
    ]);
    const three = targetTransitions(abstractCounts(source), 3, 1);
    close(three.subarray(4, 8), log([1 / 2, 1 / 4, 1 / 8, 1 / 8]));
  });

  it("raises the shares to ρ and makes them sum to 1 again", () => {
    const row = targetTransitions(abstractCounts(source), 2, 0.5).subarray(3, 6);
    const roots = [Math.SQRT1_2, 0.5, 0.5].map((root) => root / (Math.SQRT1_2 + 1));
    close(row, roots.map(Math.log));
  });

  it("with one target type, what would lead to another type is no transition", () => {
    close(targetTransitions(abstractCounts(source), 1, 1).subarray(2, 4), [2 / 3, 1 / 3].map(Math.log));
  });

  it("decodes by words and transitions: a doubtful word follows its neighbours", async () => {
    const engine = createEngine({ device: "cpu", threads: 1 });
    // Staying is more than twice as likely as changing, a start is as likely as the other.
    const transitions = Float32Array.from([0.7, 0.3, 0.3, 0.7, 0.5, 0.5].map(Math.log));
    const decode = sequenceDecoder(engine, transitions, 2);
    const [doubtful, sure] = [[0, 0.5], [0, 5]].map((row) => Float32Array.from(row)); // prettier-ignore
    const outside = Float32Array.from([2, 0]);
    const tags = await decode([[outside, doubtful!, outside], [doubtful!], [outside, sure!, outside]]);
    assert.deepEqual(tags, [[0, 0, 0], [1], [0, 1, 0]]); // prettier-ignore
    await engine.dispose();
  });
});

describe("nearest support words", () => {
  it("are what a comparison of all pairs finds; a support word itself is at distance 0", async () => {
    await using folder = await temporaryFolder();
    await writeTinyModel(folder.path);
    const model = await openTagger(folder.path, { device: "cpu", threads: 1 });
    const support = (await firstSentences("music", "train", 6)).map(start);
    const types = TagSet.of(support.map(({ tags }) => tags)).types;
    const words = await NearestWords.of(model, support, types);
    const [scores] = await words.scores([support[0]!.words]);
    const own = typesOfWords(support[0]!.tags).map((type) =>
      type === undefined ? 0 : 1 + types.indexOf(type),
    );
    own.forEach((tag, word) => assert.ok(Math.abs(scores![word]![tag]!) < 1e-5));

    const query = (await firstSentences("ai", "train", 2)).map(start);
    const found = await words.scores(query.map((sentence) => sentence.words));
    const all = await Promise.all([...support, ...query].map(({ words: list }) => vectorsOf(model, list)));
    const supportTags = support.flatMap(({ tags }) => typesOfWords(tags).map((type) => (type === undefined ? 0 : 1 + types.indexOf(type)))); // prettier-ignore
    const supportVectors = all.slice(0, support.length).flat();
    all.slice(support.length).forEach((vectors, k) =>
      vectors.forEach((vector, word) => {
        for (let tag = 0; tag <= types.length; tag++) {
          const distances = supportVectors
            .filter((_, s) => supportTags[s] === tag)
            .map((other) => squared(vector, other));
          assert.ok(Math.abs(found[k]![word]![tag]! + Math.min(4, ...distances)) < 1e-4);
        }
      }),
    );
    await model.dispose();
  });
});

/** So much of a sentence as the tiny encoder reads at once. */
const start = ({ words, tags }: Sentence): Sentence => ({
  words: words.slice(0, 12),
  tags: tags.slice(0, 12),
});

async function vectorsOf(model: TaggerModel, words: readonly string[]): Promise<number[][]> {
  const { passages } = cutSentence(0, { words }, model);
  assert.equal(passages.length, 1);
  for await (const { vectors } of analysed(model, passages)) {
    const d = vectors.length / words.length;
    return words.map((_, k) => {
      const vector = [...vectors.subarray(k * d, (k + 1) * d)];
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    });
  }
  return [];
}

const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);
