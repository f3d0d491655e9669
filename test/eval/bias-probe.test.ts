import assert from "node:assert/strict";
import { biasOf, sourcesOf } from "../../lib/bias.js";
import { mentionKey } from "../../lib/data/interventions.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { countsAt, inOtherContexts, withUnseenMentions } from "../../lib/eval/bias-probe.js";
import { spansOf } from "../../lib/text/spans.js";
import { isCdlmError } from "../data/expect-error.js";
import { firstSentences } from "../support/small-data.js";

const sentence = (text: string, tags: string): Sentence => ({ words: text.split(" "), tags: tags.split(" ") }); // prettier-ignore

const train = [sentence("Ada lives in Rome", "B-person O O B-place"), sentence("Bob left Oslo", "B-person O B-place")]; // prettier-ignore
const test = [
  sentence("Today Ada was in Rome .", "O B-person O O B-place O"),
  sentence("In Oslo met Bob and Ada", "O B-place O B-person O B-person"),
  sentence("Nothing here", "O O"),
];
const pool = [
  sentence("Eve saw New York", "B-person O B-place I-place"),
  sentence("rome and Ada slept", "B-place O B-person O"),
];

/** Knows the mentions of train by heart, and nothing else. */
const byHeart = (sentences: readonly Sentence[]) =>
  Promise.resolve(
    sentences.map(({ words }) =>
      words.map((word) => (["Ada", "Bob"].includes(word) ? "B-person" : ["Rome", "Oslo"].includes(word) ? "B-place" : "O")),
    ),
  ); // prettier-ignore

/** Gold itself: whatever it sees, it goes by something else. */
const knowing = (sentences: readonly Sentence[]) => Promise.resolve(sentences.map(({ tags }) => tags));

describe("entity bias", () => {
  it("unseen mentions take every place whose type has one, and leave the context as it is", async () => {
    const [music, dev] = [
      await firstSentences("music", "train", 60),
      await firstSentences("music", "dev", 120),
    ];
    const sources = { train: music, pool: dev, seed: 3 };
    const { sentences, mentions, replaced } = withUnseenMentions(dev, sources);
    const seen = new Set(music.flatMap(({ words, tags }) => spansOf(tags).map(({ start, end }) => mentionKey(words.slice(start, end))))); // prettier-ignore
    let [unseen, all] = [0, 0];
    sentences.forEach(({ words, tags }, k) => {
      const [before, after] = [spansOf(dev[k]!.tags), spansOf(tags)];
      assert.deepEqual(after.map(({ type }) => type), before.map(({ type }) => type)); // prettier-ignore
      const outside = (some: Sentence) => some.words.filter((_, word) => some.tags[word] === "O");
      assert.deepEqual(outside({ words, tags }), outside(dev[k]!));
      for (const { start, end } of after) unseen += Number(!seen.has(mentionKey(words.slice(start, end))));
      all += after.length;
    });
    assert.deepEqual([mentions, replaced > 0.9 * all], [all, true]);
    assert.ok(unseen >= replaced);
    assert.deepEqual(withUnseenMentions(dev, sources).sentences, sentences);
    assert.notDeepEqual(withUnseenMentions(dev, { ...sources, seed: 4 }).sentences, sentences);
  });

  it("a type without an unseen mention keeps its own", () => {
    const { sentences, mentions, replaced } = withUnseenMentions(test, { train, pool, seed: 1 });
    assert.deepEqual([mentions, replaced], [5, 5]);
    assert.deepEqual(sentences[0]!.words, ["Today", "Eve", "was", "in", "New", "York", "."]);
    const persons = withUnseenMentions(test, { train, pool: pool.slice(0, 1).map(({ words, tags }) => ({ words, tags: tags.map((tag) => (tag.endsWith("place") ? "O" : tag)) })), seed: 1 }); // prettier-ignore
    assert.deepEqual(persons.sentences[0]!.words, ["Today", "Eve", "was", "in", "Rome", "."]);
    assert.equal(persons.replaced, 3);
  });

  it("a moved mention stands in the place of one of its type in another sentence", () => {
    const moved = inOtherContexts(test, 1);
    assert.deepEqual(moved.map(({ sentence: own }) => own), [0, 1]); // prettier-ignore
    for (const { sentence: own, span, moved: target, movedSpan } of moved) {
      assert.deepEqual(target.words.slice(movedSpan.start, movedSpan.end), test[own]!.words.slice(span.start, span.end)); // prettier-ignore
      assert.ok(spansOf(target.tags).some((other) => other.start === movedSpan.start && other.end === movedSpan.end && other.type === span.type)); // prettier-ignore
      const [mine, others] = [test[own]!, test[1 - own]!];
      assert.equal(target.words.length, others.words.length);
      assert.ok(target.words.filter((word, k) => word !== others.words[k]).length <= 1);
      assert.ok(mine !== target);
    }
  });

  it("counts of one mention: what overlaps it is found, what equals it is right", () => {
    const span = { start: 1, end: 3, type: "a" };
    assert.deepEqual(countsAt(span, ["B-a", "B-a", "I-a", "B-b"]), { gold: 1, predicted: 1, correct: 1 });
    assert.deepEqual(countsAt(span, ["B-a", "I-a", "B-a", "I-a"]), { gold: 1, predicted: 2, correct: 0 });
    assert.deepEqual(countsAt(span, ["B-a", "B-b", "I-b", "O"]), { gold: 1, predicted: 1, correct: 0 });
    assert.deepEqual(countsAt(span, ["B-a", "O", "O", "B-a"]), { gold: 1, predicted: 0, correct: 0 });
  });

  it("tells one who learnt mentions by heart from one who did not", async () => {
    const sources = { train, pool };
    const learnt = await biasOf(test, await byHeart(test), sources, byHeart);
    assert.deepEqual([learnt.unseenMentions.before, learnt.unseenMentions.after], [100, 0]);
    assert.equal(learnt.unseenMentions.drop, 100);
    assert.deepEqual([learnt.otherContexts.before, learnt.otherContexts.after], [100, 100]);
    const { unseenMentions, otherContexts, seed } = await biasOf(test, await knowing(test), sources, knowing);
    assert.deepEqual([unseenMentions.drop, otherContexts.drop, seed], [0, 0, 1]);
    const [low, high] = unseenMentions.interval;
    assert.ok(low <= unseenMentions.drop && unseenMentions.drop <= high);
  });

  it("refuses to probe where there is nothing to draw", async () => {
    const isEmpty = isCdlmError("DATA_EMPTY");
    await assert.rejects(biasOf(test, await knowing(test), { train: [...train, ...pool], pool }, knowing), isEmpty); // prettier-ignore
    const lone = [test[0]!];
    await assert.rejects(biasOf(lone, await knowing(lone), { train, pool }, knowing), isEmpty);
    assert.throws(() => sourcesOf({ directory: "d", train, dev: undefined, test, types: [], files: {} }), isEmpty); // prettier-ignore
  });
});
