import assert from "node:assert/strict";
import { evaluate, type Scores } from "../../lib/evaluate.js";
import { Recognizer } from "../../lib/recognizer.js";
import { evaluationPage } from "../../lib/report/evaluation-page.js";
import { isCdlmError } from "../data/expect-error.js";
import { smallData, temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

describe("evaluate", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ner: Recognizer;
  before(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path);
    ner = await Recognizer.load(folder.path);
  });
  after(async () => {
    await ner.dispose();
    await folder[Symbol.asyncDispose]();
  });

  const same = ({ seconds: _, ...scores }: Scores) => scores;

  it("takes sentences, or the test data of a data set; the probe's sources from it or as given", async () => {
    const data = await smallData("politics", { train: 10, dev: 4 });
    const test = data.train;
    const plain = await evaluate(ner, test);
    assert.equal(plain.bias, undefined);
    assert.deepEqual(same(await evaluate(ner, { ...data, test })), same(plain));
    const probed = await evaluate(ner, { ...data, train: [], test }, { bias: true });
    const given = await evaluate(ner, test, { bias: { train: [], pool: data.dev!, seed: 1 } });
    assert.deepEqual(same(probed), same(given));
    const { bias, ...rest } = same(probed);
    assert.deepEqual(rest, same(plain));
    assert.equal(bias!.unseenMentions.before, plain.micro.f1);
    assert.deepEqual(same(await evaluate(ner, test, { bias: { train: [], pool: data.dev! } })), same(given));
  });

  it("refuses a probe without sources, and a data set without test data", async () => {
    const data = await smallData("politics", { train: 4, dev: 4 });
    await assert.rejects(evaluate(ner, data.train, { bias: true }), isCdlmError("INVALID_OPTION"));
    await assert.rejects(evaluate(ner, data), isCdlmError("DATA_EMPTY"));
    await assert.rejects(evaluate(ner, { ...data, test: data.train, dev: undefined }, { bias: true }), isCdlmError("DATA_EMPTY")); // prettier-ignore
  });

  it("says on its page that confidences are uncalibrated, or how they were fitted", async () => {
    const data = await smallData("politics", { train: 10, dev: 4 });
    const scores = await evaluate(ner, data.train);
    const bins = [{ count: 2, confidence: 75, accuracy: 50 }];
    const before = { error: 25, bins };
    const page = (method: "platt" | null) =>
      evaluationPage("<m> & d", { ...scores, calibration: { method, mentions: 2, before, after: method && { error: 5, bins } } }); // prettier-ignore
    assert.match(page(null), /confidence is uncalibrated/);
    assert.equal(page(null).match(/<svg/g)!.length, 1);
    assert.match(page("platt"), /error 5\.00 \(before the platt fit: 25\.00\)/);
    assert.equal(page("platt").match(/<svg/g)!.length, 2);
    // The bin stands at 75 % of the width and half the height of the square of 260 behind 44 of room.
    assert.match(page("platt"), /<circle class="bin" cx="239\.0" cy="174\.0"/);
    assert.match(page(null), /^<!doctype html>[^]*<title>&lt;m&gt; &amp; d<\/title>/);
  });
});
