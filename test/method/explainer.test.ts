import assert from "node:assert/strict";
import { calibrated, logit } from "../../lib/eval/calibration.js";
import { explain, type Explanation } from "../../lib/explainer.js";
import { batchInputs } from "../../lib/model/batch-inputs.js";
import { spanPosteriors } from "../../lib/model/mentions.js";
import { cutSentence, packPassages } from "../../lib/model/passages.js";
import { predictVariants } from "../../lib/model/variants.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import { splitWords } from "../../lib/text/word-split.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

const isClose = (a: number, b: number, tolerance = 1e-4) => Math.abs(a - b) <= tolerance * (1 + Math.abs(b));

describe("explanation", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ner: Recognizer;
  let text: string;
  let explanation: Explanation;

  before(async () => {
    folder = await temporaryFolder();
    const data = await smallData("politics", { train: 20, dev: 12 });
    const options = { epochs: 60, batchSentences: 4, learningRate: 3e-3, headLearningRate: 1e-2, evaluateFrom: 1, decoding: "crf" } as const; // prettier-ignore
    // Dev that it has learnt by heart: what matters here is that it finds something.
    await train({ encoder: golden("tiny-bert"), data: { ...data, dev: data.train }, out: folder.path, options }); // prettier-ignore
    ner = await Recognizer.load(folder.path);
    const long = data.train.filter(({ tags }) => tags.some((tag) => tag.startsWith("I-")));
    text = long[0]!.words.join(" ");
    explanation = await explain(ner, text);
  });
  after(async () => {
    await ner.dispose();
    await folder[Symbol.asyncDispose]();
  });

  it("explains exactly the entities that are recognised, and each other word of the text", async () => {
    const [document] = await ner.recognize([text]);
    const plain = explanation.entities.map(({ start, end, text: own, type, confidence }) => ({ start, end, text: own, type, confidence })); // prettier-ignore
    assert.ok(plain.length > 0);
    assert.deepEqual(plain, document!.entities);
    const words = splitWords(text);
    for (const { start, end, context } of explanation.entities) {
      const others = words.filter((word) => word.end <= start || word.start >= end);
      assert.deepEqual(context.map((word) => [word.start, word.end, word.text]), others.map((word) => [word.start, word.end, word.text])); // prettier-ignore
    }
    assert.deepEqual([explanation.text, explanation.windows, explanation.calibration], [text, 1, ner.calibration]); // prettier-ignore
  });

  it("an effect is the loss of log-odds where the pieces of the words are [MASK] without a shape", async () => {
    const { model } = ner;
    const words = splitWords(text);
    const passage = cutSentence(0, { words: words.map((word) => word.text) }, model).passages[0]!; // prettier-ignore
    const posteriorsWithout = async (start: number, end: number, span: { start: number; end: number; type: string }) => {
      const packed = packPassages([passage], model);
      packed.wordOfPiece.forEach((word, k) => {
        if (word < 0 || words[word]!.end <= start || words[word]!.start >= end) return;
        packed.pieces[k] = model.tokenizer.maskId;
        packed.shapes[k] = 0;
      });
      const { scores } = await model.program("prediction").run(batchInputs(packed, model));
      return (await spanPosteriors(model, [{ scores: scores as Float32Array, spans: [span] }]))[0]![0]!;
    }; // prettier-ignore
    for (const { start, end, type, mention, context } of explanation.entities) {
      const span = { start: words.findIndex((word) => word.start === start), end: 1 + words.findIndex((word) => word.end === end), type }; // prettier-ignore
      const whole = await posteriorsWithout(0, 0, span);
      for (const part of [{ start, end, ...mention }, ...context]) {
        const rest = await posteriorsWithout(part.start, part.end, span);
        assert.ok(isClose(part.effect, logit(whole) - logit(rest), 1e-3), `${part.effect}`);
        assert.ok(isClose(part.confidence, calibrated(model.calibration!, rest)));
      }
    }
  });

  it("the answer without a mention is what is found where its words are unknown", async () => {
    const { model } = ner;
    const words = splitWords(text);
    const passage = cutSentence(0, { words: words.map((word) => word.text) }, model).passages[0]!; // prettier-ignore
    for (const { start, end, answerWithout } of explanation.entities) {
      const own = [...words.keys()].filter((k) => words[k]!.start >= start && words[k]!.end <= end);
      const [without] = await predictVariants(model, passage, [own]);
      const tags = own.map((word) => model.tagSet.tags[without!.tags[word]!]!);
      if (answerWithout === null) assert.ok(tags.every((tag) => tag === "O"));
      else {
        assert.ok(tags.some((tag) => tag.slice(2) === answerWithout.type));
        assert.ok(answerWithout.start < end && answerWithout.end > start);
        assert.equal(text.slice(answerWithout.start, answerWithout.end), answerWithout.text);
      }
    }
  });

  it("variants in one run are equal to runs of one variant", async () => {
    const { model } = ner;
    const passage = cutSentence(0, { words: splitWords(text).map((word) => word.text) }, model).passages[0]!; // prettier-ignore
    const variants = [[], [0], [1, 2], passage.words.map((_, k) => k)];
    const together = await predictVariants(model, passage, variants);
    for (const [k, variant] of variants.entries()) {
      const [alone] = await predictVariants(model, passage, [variant]);
      assert.deepEqual(together[k]!.tags, alone!.tags);
      together[k]!.scores.forEach((score, j) => assert.ok(isClose(score, alone!.scores[j]!)));
    }
  });

  it("texts of several windows, of nothing, and of no entity; progress and stopping", async () => {
    const long = `${text} `.repeat(12);
    const shares: number[] = [];
    const { entities, windows } = await explain(ner, long, { onProgress: (done, total) => shares.push(done / total) }); // prettier-ignore
    assert.ok(windows > 1 && entities.length > 0);
    const [document] = await ner.recognize([long]);
    assert.deepEqual(entities.map(({ start, end }) => [start, end]), document!.entities.map(({ start, end }) => [start, end])); // prettier-ignore
    for (const { context, mention } of entities)
      for (const { effect, confidence } of [mention, ...context])
        assert.ok(Number.isFinite(effect) && confidence >= 0 && confidence <= 1);
    assert.ok(shares.length > 1 && shares.at(-1) === 1 && shares.every((share, k) => k === 0 || share >= shares[k - 1]!)); // prettier-ignore
    for (const nothing of ["", " \n", "…"]) assert.deepEqual((await explain(ner, nothing)).entities, []);
    await assert.rejects(explain(ner, long, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  });

  it("the float64 reference gives the same explanation", async () => {
    await using exact = await Recognizer.load(folder.path, { device: "reference" });
    const short = text.split(" ").slice(0, 12).join(" ");
    const [expected, actual] = [await explain(exact, short), await explain(ner, short)];
    assert.equal(actual.entities.length, expected.entities.length);
    actual.entities.forEach(({ context, mention }, k) => {
      const other = expected.entities[k]!;
      assert.ok(isClose(mention.effect, other.mention.effect, 5e-3));
      context.forEach(({ effect }, j) => assert.ok(isClose(effect, other.context[j]!.effect, 5e-3)));
    });
  });
});
