import assert from "node:assert/strict";
import { mentionPool } from "../../lib/data/interventions.js";
import type { Dataset } from "../../lib/data/dataset.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { cutSentence } from "../../lib/model/passages.js";
import type { TaggerModel } from "../../lib/model/tagger-model.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { withSourceMentions } from "../../lib/training/source-mentions.js";
import { golden } from "../support/golden.js";

type Shares = Readonly<Record<string, number>>;

/** A sentence of mentions of one word. */
const mentions = (type: string, ...words: string[]): Sentence => ({ words, tags: words.map(() => `B-${type}`) }); // prettier-ignore

/** A source model that gives every word these probabilities of tags, and the rest to O. */
function teacherOf(types: readonly string[], words: readonly Shares[], tokenizer: Tokenizer): TaggerModel {
  const tagSet = new TagSet(types);
  const scores = words.flatMap((shares) => {
    const rest = 1 - Object.values(shares).reduce((sum, share) => sum + share, 0);
    return tagSet.tags.map((tag) => Math.log((shares[tag] ?? 0) + (tag === "O" ? rest : 0)));
  });
  const run = () => Promise.resolve({ scores: Float32Array.from(scores), vectors: new Float32Array() });
  const reader = { tokenizer, maxPositions: 64, options: { decoding: "viterbi" } };
  return { ...reader, tagSet, program: () => ({ run }) } as unknown as TaggerModel;
}

describe("mentions of the source", () => {
  const sourceTrain = [
    mentions("person", "Ada", "Alan", "Grace", "Edsger", "Donald"),
    mentions("place", "Oslo"),
    ...["misc", "MISC", "Other", "miscellaneous"].map((type) => mentions(type, "One", "Two", "Three")),
  ];
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = await Tokenizer.load(golden("tiny-bert"));
  });

  /** The pool after the source's mentions came to the target's, as words; the source model reads the words of `train`. */
  async function pooled(train: Sentence, words: readonly Shares[]): Promise<Record<string, string[]>> {
    const types = [...mentionPool(sourceTrain).keys()];
    const model = { tagSet: TagSet.of([train.tags]) } as TaggerModel;
    const teacher = teacherOf(types, words, tokenizer);
    const { passages } = cutSentence(0, train, teacher, model.tagSet);
    const data = { train: sourceTrain } as unknown as Dataset;
    const pool = await withSourceMentions(mentionPool([train]), { model, teacher, passages, data });
    return Object.fromEntries(
      [...pool].map(([type, all]) => [type, all.map((mention) => mention.join(" "))]),
    );
  }

  const artists = mentions("artist", "Nina", "Bowie");
  const persons = ["Ada", "Alan", "Grace", "Edsger", "Donald"];

  for (const [title, words] of [
    ["both tags of a type count", [{ "B-person": 0.4, "I-person": 0.3 }, { "I-person": 0.7 }]],
    ["the mean of its words counts", [{ "B-person": 0.95 }, { "B-person": 0.3 }]],
  ] as const)
    it(`come as many again to a type that the source model takes for its own: ${title}`, async () => {
      const { artist } = await pooled(artists, words);
      assert.deepEqual(artist!.slice(0, 2), ["Nina", "Bowie"]);
      const others = new Set(artist!.slice(2));
      assert.deepEqual([others.size, artist!.length], [2, 4]);
      assert.ok([...others].every((mention) => persons.includes(mention)));
      assert.deepEqual((await pooled(artists, words)).artist, artist);
    });

  it("are counted by type, and are all there are where there are fewer", async () => {
    const train: Sentence = {
      words: ["Nina", "Bowie", "Prince", "Paris", "Rome"],
      tags: ["B-artist", "B-artist", "B-artist", "B-city", "B-city"],
    };
    const [artist, city] = [{ "B-person": 0.9 }, { "B-place": 0.9 }];
    const pool = await pooled(train, [artist, artist, artist, city, city]);
    assert.equal(pool.artist!.length, 6);
    assert.deepEqual(pool.city, ["Paris", "Rome", "Oslo"]);
  });

  for (const [title, words] of [
    ["below the threshold", [{ "B-person": 0.59 }, { "B-person": 0.6 }]],
    ["whose words it takes for different ones", [{ "B-person": 0.99 }, { "B-place": 0.99 }]],
    ["that it takes for O", [{}, {}]],
    ...["misc", "MISC", "Other", "miscellaneous"].map(
      (type) => [`of the catch-all ${type}`, [{ [`B-${type}`]: 0.95 }, { [`B-${type}`]: 0.95 }]] as const,
    ),
  ] as const)
    it(`do not come to a type ${title}`, async () => {
      assert.deepEqual(await pooled(artists, words), { artist: ["Nina", "Bowie"] });
    });
});
