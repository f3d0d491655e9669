import assert from "node:assert/strict";
import { contextPool, mentionPool } from "../../lib/data/interventions.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { Batches } from "../../lib/training/batches.js";
import { trainingOptionsOf } from "../../lib/training/options.js";
import type { Trainable } from "../../lib/training/trainable.js";
import { golden } from "../support/golden.js";

const rain: Sentence = { words: ["it", "rained", "."], tags: ["O", "O", "O"] };
const nina: Sentence = { words: ["nina", "sang"], tags: ["B-artist", "O"] };
const sentences = [rain, nina];

async function wordsAfter(interventions: object, mentions: readonly Sentence[]): Promise<string[]> {
  const tokenizer = await Tokenizer.load(golden("tiny-bert"));
  const model = { tokenizer, maxPositions: 64, tagSet: new TagSet(["artist"]) } as Trainable;
  const pools = { mentions: mentionPool(mentions), contexts: contextPool(mentions) };
  const options = trainingOptionsOf({ objective: { interventions } });
  const batches = await Batches.of(model, sentences, pools, options);
  return batches.passagesOf([0, 1], { epoch: 0, batch: 0 }).map(({ words }) => words.join(" "));
}

describe("a batch after its interventions", () => {
  const bowie: Sentence = { words: ["bowie"], tags: ["B-artist"] };
  const every = { sentences: 1, mentions: 1 };
  const cases: [string, object, readonly Sentence[], string[]][] = [
    ["holds what was exchanged in its place", every, [bowie], ["it rained .", "bowie sang"]],
    ["or beside it, but no sentence twice in which nothing was", { ...every, placement: "join" }, [bowie], ["it rained .", "nina sang", "bowie sang"]],
    ["nothing joins where there is nothing to draw", { ...every, placement: "join" }, [rain], ["it rained .", "nina sang"]],
    ["no context joins where there is no other", { contexts: 1, placement: "join" }, [nina], ["it rained .", "nina sang"]],
  ]; // prettier-ignore
  for (const [what, interventions, pool, words] of cases)
    it(what, async () => assert.deepEqual(await wordsAfter(interventions, pool), words));
});
