import assert from "node:assert/strict";
import type { Sentence } from "../../lib/data/sentence.js";
import { evaluate } from "../../lib/evaluate.js";
import { Recognizer } from "../../lib/recognizer.js";
import { spansOf } from "../../lib/text/spans.js";
import { train } from "../../lib/trainer.js";
import { ScriptedModel } from "../reasoning/scripted-model.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

const none = "no entity of these types";

/** Knows the gold type of every mention, and that everything else is none. */
function oracleOf(sentences: readonly Sentence[]): ScriptedModel {
  const gold = new Map(
    sentences.map(({ words, tags }) => {
      const spans = spansOf(tags).map(
        ({ start, end, type }) => [words.slice(start, end).join(" "), type] as const,
      );
      return [words.join(" "), new Map(spans)];
    }),
  );
  return new ScriptedModel({
    decide: (question, { user }) => {
      if (question.kind !== "choice") return undefined;
      const text = JSON.parse(user.split("\n")[1]!) as string;
      const mention = JSON.parse(/is (".*?") in this text/.exec(question.text)![1]!) as string;
      const type = gold.get(text)!.get(mention) ?? none;
      return question.choices.map((choice) => Number(choice === type));
    },
  });
}

describe("a recogniser with a judge", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dev: readonly Sentence[];
  before(async () => {
    folder = await temporaryFolder();
    const data = await smallData("politics", { train: 60, dev: 30 });
    dev = data.dev!;
    const options = { epochs: 6, batchSentences: 4, learningRate: 1e-3, headLearningRate: 1e-2 };
    await train({ encoder: golden("tiny-bert"), data, out: folder.path, options });
  });
  after(() => folder[Symbol.asyncDispose]());

  it("threshold 0 and budget 0 ask nothing and give the plain answer", async () => {
    await using ner = await Recognizer.load(folder.path);
    const words = dev.map((sentence) => sentence.words);
    const plain = await ner.tagWords(words);
    for (const given of [{ threshold: 0 }, { budget: 0 }]) {
      const llm = oracleOf(dev);
      const judged = await ner.judgedBy({ llm, ...given }).tagWords(words);
      assert.equal(llm.decisions.length, 0);
      assert.deepEqual(judged.map(({ tags }) => tags), plain.map(({ tags }) => tags)); // prettier-ignore
      const confidences = (all: typeof plain) => all.map(({ mentions }) => mentions.map(({ confidence }) => confidence)); // prettier-ignore
      assert.deepEqual(confidences(judged), confidences(plain));
    }
  });

  it("an oracle makes right what it is asked about: F1 rises with the budget", async () => {
    await using ner = await Recognizer.load(folder.path);
    const scores = [];
    for (const budget of [0, 1, 1000]) {
      const judged = ner.judgedBy({ llm: oracleOf(dev), threshold: 1, budget });
      scores.push((await evaluate(judged, dev)).micro);
      const tagged = await judged.tagWords(dev.map(({ words }) => words));
      tagged.forEach(({ mentions }, k) => {
        const { words, tags } = dev[k]!;
        const nameOf = (start: number, end: number) => words.slice(start, end).join(" ");
        const gold = new Set(spansOf(tags).map(({ start, end, type }) => `${nameOf(start, end)} ${type}`));
        for (const { start, end, type, decidedBy, llm } of mentions) {
          if (decidedBy !== "llm") continue;
          assert.equal(llm!.probability, 1);
          assert.ok(gold.has(`${nameOf(start, end)} ${type}`));
        }
      });
    }
    const [plain, some, all] = scores;
    assert.ok(plain!.f1 < some!.f1 && some!.f1 < all!.f1, scores.map(({ f1 }) => f1).join(", "));
    assert.ok(all!.precision > 95); // a name may stand in a sentence as an entity and as none
  });

  it("asks about no more sentences at once than the model takes, whatever their number", async () => {
    await using ner = await Recognizer.load(folder.path);
    const texts: string[] = [];
    const llm = new ScriptedModel({ decide: (_, { user }) => void texts.push(user.split("\n")[1]!) });
    await ner.judgedBy({ llm, threshold: 1 }).tagWords(dev.map(({ words }) => words));
    const turns = texts.filter((text, k) => text !== texts[k - 1]);
    assert.equal(turns.length, new Set(texts).size, "a sentence is done before the next begins");
  });

  it("says in a text who decided, and how sure both were", async () => {
    await using ner = await Recognizer.load(folder.path);
    const llm = new ScriptedModel({ decide: (q) => (q.kind === "choice" ? q.choices.map((_, k) => Number(k === 0)) : undefined) }); // prettier-ignore
    const text = dev[0]!.words.join(" ");
    const [document] = await ner.judgedBy({ llm, threshold: 1 }).recognize([text]);
    assert.ok(document!.entities.length > 0);
    for (const entity of document!.entities) {
      assert.equal(entity.type, ner.types[0]);
      assert.equal(entity.decidedBy, "llm");
      assert.ok(entity.recogniser === undefined || entity.recogniser.confidence <= 1);
    }
  });
});
