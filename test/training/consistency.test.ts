import assert from "node:assert/strict";
import path from "node:path";
import { mentionPool, swapMentions } from "../../lib/data/interventions.js";
import { Random } from "../../lib/data/random.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { rangesOf } from "../../lib/model/end-to-end.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import { twinInputs } from "../../lib/model/twins.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";
import { meanVariation, wordProbabilities } from "../support/word-probabilities.js";

describe("consistency under interventions", function () {
  this.timeout(60_000);

  /** @param sentences tags of their words */
  const twinsOf = (...sentences: number[][]) => {
    const ranges = { words: rangesOf(sentences.map(({ length }) => length)) };
    const { "twins.word": words, "twins.other": others } = twinInputs(
      ranges,
      Int32Array.from(sentences.flat()),
    );
    return Array.from(words as Int32Array, (word, k) => [word, (others as Int32Array)[k]!]);
  };

  it("pairs words outside of mentions in their order, and mentions as long as both go on", () => {
    // O B I O B, and O B O B I: the first mention lost its second word, the second one gained one
    const pairs = twinsOf([0, 1, 2, 0, 3], [0, 1, 0, 3, 4]);
    const own = [[0, 5], [1, 6], [3, 7], [4, 8]]; // prettier-ignore
    assert.deepEqual(pairs, [...own, ...own.map(([word, other]) => [other!, word!])]);
  });

  it("pairs a sentence that is read twice with itself, and none that went into another context", () => {
    const same = [0, 1, 2];
    const pairs = twinsOf(same, [0, 3], same, [0, 0, 3]);
    assert.deepEqual(pairs.slice(0, 3), [[0, 5], [1, 6], [2, 7]]); // prettier-ignore
    assert.equal(pairs.length, 6);
    assert.deepEqual(twinsOf([1], [3]), []);
  });

  it("brings what is said of a sentence and of its intervention together", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("music", { train: 24, dev: 8 });
    const pool = mentionPool(data.train);
    const random = Random.of(5, "test");
    const swapped = data.dev!.map((sentence) => swapMentions(sentence, pool, 1, random));
    const distance = async (weight: number) => {
      const out = path.join(folder.path, String(weight));
      const objective = { interventions: { sentences: 1, mentions: 1 }, consistency: { weight } };
      await train({ encoder: golden("tiny-bert"), data, out, options: { epochs: 12, batchSentences: 4, evaluateFrom: 1, learningRate: 1e-3, objective } }); // prettier-ignore
      return distanceOf(out, data.dev!, swapped);
    };
    const [apart, together] = [await distance(1e-9), await distance(8)];
    assert.ok(together < 0.8 * apart, `${together}, ${apart}`);
  });
});

/** Mean over the words outside of mentions of the total variation between both readings. */
async function distanceOf(folder: string, sentences: readonly Sentence[], others: readonly Sentence[]) {
  const model = await openTagger(folder);
  const outside = async (some: readonly Sentence[]) => {
    const probabilities = await wordProbabilities(model, some.map(({ words }) => words)); // prettier-ignore
    return probabilities.flatMap((words, k) => words.filter((_, word) => some[k]!.tags[word] === "O"));
  };
  const [own, theirs] = [await outside(sentences), await outside(others)];
  await model.dispose();
  return meanVariation(own, theirs);
}
