import assert from "node:assert/strict";
import path from "node:path";
import { mentionPool, swapMentions } from "../../lib/data/interventions.js";
import { Random } from "../../lib/data/random.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { softmaxOf } from "../../lib/graph/ops/softmax.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import type { Passage } from "../../lib/model/passages.js";
import { twinInputs } from "../../lib/model/twins.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

/** A passage of so many words as it has tags; only they matter. */
const passage = (...gold: number[]): Passage => ({
  sentence: 0,
  words: gold.map(String),
  window: { start: 0, end: gold.length, keepStart: 0, keepEnd: gold.length },
  pieces: gold.length + 2,
  gold: Int32Array.from(gold),
});

describe("consistency under interventions", function () {
  this.timeout(60_000);

  const twinsOf = (...passages: Passage[]) => {
    const { "twins.word": words, "twins.other": others } = twinInputs(passages);
    return Array.from(words as Int32Array, (word, k) => [word, (others as Int32Array)[k]!]);
  };

  it("pairs words outside of mentions in their order, and mentions as long as both go on", () => {
    // O B I O B, and O B O B I: the first mention lost its second word, the second one gained one
    const pairs = twinsOf(passage(0, 1, 2, 0, 3), passage(0, 1, 0, 3, 4));
    const own = [[0, 5], [1, 6], [3, 7], [4, 8]]; // prettier-ignore
    assert.deepEqual(pairs, [...own, ...own.map(([word, other]) => [other!, word!])]);
  });

  it("pairs a sentence that is read twice with itself, and none that went into another context", () => {
    const same = passage(0, 1, 2);
    const pairs = twinsOf(same, passage(0, 3), same, passage(0, 0, 3));
    assert.deepEqual(pairs.slice(0, 3), [[0, 5], [1, 6], [2, 7]]); // prettier-ignore
    assert.equal(pairs.length, 6);
    assert.deepEqual(twinsOf(passage(1), passage(3)), []);
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
  const { size } = model.tagSet;
  const probabilities = async (some: readonly Sentence[]) => {
    const scored = await model.tagSentences(some.map(({ words }) => words));
    return scored.flatMap(({ scores }, k) => some[k]!.tags.flatMap((tag, word) => tag === "O" ? [softmaxOf(scores.subarray(word * size, (word + 1) * size))] : [])); // prettier-ignore
  };
  const [own, theirs] = [await probabilities(sentences), await probabilities(others)];
  await model.dispose();
  const variation = own.map((p, word) => p.reduce((sum, value, tag) => sum + Math.abs(value - theirs[word]![tag]!) / 2, 0)); // prettier-ignore
  return variation.reduce((a, b) => a + b, 0) / variation.length;
}
