import assert from "node:assert/strict";
import type { Dataset } from "../../lib/data/dataset.js";
import { evaluate, type Scores } from "../../lib/evaluate.js";
import { Recognizer } from "../../lib/recognizer.js";
import { evaluationPage } from "../../lib/report/evaluation-page.js";
import { isCdlmError } from "../data/expect-error.js";
import { writeLearntModel } from "../model/learnt-model.js";
import { temporaryFolder } from "../support/small-data.js";

describe("evaluate", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ner: Recognizer;
  let data: Dataset;
  before(async () => {
    folder = await temporaryFolder();
    data = await writeLearntModel(folder.path);
    ner = await Recognizer.load(folder.path);
  });
  after(async () => {
    await ner.dispose();
    await folder[Symbol.asyncDispose]();
  });

  const same = ({ seconds: _, ...scores }: Scores) => scores;

  it("takes sentences, or the test data of a data set; the probe's sources from it or as given", async () => {
    const test = data.train;
    const plain = await evaluate(ner, test);
    assert.ok(plain.micro.f1 > 50, `F1 ${plain.micro.f1}`);
    assert.equal(plain.bias, undefined);
    assert.deepEqual(same(await evaluate(ner, { ...data, test })), same(plain));
    const pool = [...data.dev!, ...data.train]; // not all of it is unseen
    const probed = await evaluate(ner, { ...data, dev: pool, test }, { bias: true });
    const sources = { train: data.train, pool };
    const given = await evaluate(ner, test, { bias: { ...sources, seed: 1 } });
    assert.deepEqual(same(probed), same(given));
    const { bias, ...rest } = same(probed);
    assert.deepEqual(rest, same(plain));
    assert.equal(bias!.unseenMentions.before, plain.micro.f1);
    assert.ok(bias!.unseenMentions.after < plain.micro.f1);
    assert.deepEqual(same(await evaluate(ner, test, { bias: sources })), same(given));
  });

  it("refuses a probe without sources, and a data set without test data", async () => {
    await assert.rejects(evaluate(ner, data.train, { bias: true }), isCdlmError("INVALID_OPTION"));
    await assert.rejects(evaluate(ner, data), isCdlmError("DATA_EMPTY"));
    await assert.rejects(evaluate(ner, { ...data, test: data.train, dev: undefined }, { bias: true }), isCdlmError("DATA_EMPTY")); // prettier-ignore
  });

  it("says on its page that confidences are uncalibrated, or how they were fitted", async () => {
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
