import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import type { Dataset } from "../../lib/data/dataset.js";
import { readCdlmFile } from "../../lib/model/cdlm-file.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import { isCdlmError } from "../data/expect-error.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";
import { meanVariation, wordProbabilities } from "../support/word-probabilities.js";

const encoder = golden("tiny-bert");
const options = { epochs: 4, batchSentences: 4, evaluateFrom: 1, learningRate: 1e-3 } as const;
/** Rates that change no parameter. */
const still = { ...options, epochs: 1, learningRate: 1e-30, headLearningRate: 1e-30 } as const;

describe("keeping what the source model knows", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let [news, music]: Dataset[] = [];
  const at = (name: string) => path.join(folder.path, name);
  const sentences = () => news!.dev!.map(({ words }) => words);
  before(async () => {
    folder = await temporaryFolder();
    news = await smallData("politics", { train: 30, dev: 12 });
    music = await smallData("music", { train: 24, dev: 8 });
    const source = { ...options, epochs: 8, learningRate: 3e-3, headLearningRate: 1e-2 };
    for (const decoding of ["viterbi", "crf"] as const)
      await train({ encoder, data: news, out: at(decoding), options: { ...source, decoding } });
  });
  after(() => folder[Symbol.asyncDispose]());

  for (const decoding of ["viterbi", "crf"] as const)
    it(`what was not trained yet answers as the source model does (${decoding})`, async () => {
      const out = at(`still-${decoding}`);
      const report = await adapt({ model: at(decoding), data: music!, out, method: "cdlm", keep: true, options: still }); // prettier-ignore
      await using source = await Recognizer.load(at(decoding));
      await using kept = await Recognizer.load(out, { types: "kept" });
      assert.deepEqual(report.kept, source.types);
      assert.deepEqual(kept.types, source.types);
      const expected = await source.tagWords(sentences());
      assert.ok(expected.some(({ mentions }) => mentions.length > 0));
      assert.deepEqual(await kept.tagWords(sentences()), expected);
    });

  it("replaying keeps the kept head nearer to the source model than training without weight does", async () => {
    const distance = async (name: string, weight: number, sourceData?: Dataset) => {
      const objective = { keeping: { weight, sentences: 8 } };
      await adapt({ model: at("viterbi"), data: music!, out: at(name), keep: true, ...(sourceData ? { sourceData } : {}), options: { ...options, objective } }); // prettier-ignore
      return distanceOf(at("viterbi"), at(name), sentences());
    };
    const left = await distance("left", 1e-9);
    assert.ok((await distance("target", 1)) < 0.85 * left);
    assert.ok((await distance("replayed", 1, news)) < 0.75 * left);
  });

  it("all types: the new domain's verdicts as they are, and types that it does not have beside them", async () => {
    await adapt({ model: at("viterbi"), data: music!, out: at("both"), keep: true, options });
    await using own = await Recognizer.load(at("both"));
    await using kept = await Recognizer.load(at("both"), { types: "kept" });
    await using all = await Recognizer.load(at("both"), { types: "all" });
    assert.deepEqual(all.types, [...new Set([...own.types, ...kept.types])].sort());
    const isOwn = ({ type }: { type: string }) => own.types.includes(type);
    const [mine, both] = [await own.tagWords(sentences()), await all.tagWords(sentences())];
    both.forEach(({ mentions }, k) => assert.deepEqual(mentions.filter(isOwn), mine[k]!.mentions));
    const added = both.flatMap(({ mentions }) => mentions.filter((mention) => !isOwn(mention)));
    assert.ok(added.length > 0);
  });

  it("is gone on with by the source's data that it was begun with alone, and the model names them", async () => {
    const request = { model: at("viterbi"), data: music!, out: at("stopped"), keep: true, options: still };
    const stop = new AbortController();
    const stopped = adapt({ ...request, sourceData: news!, signal: stop.signal, onProgress: () => stop.abort("stop") }); // prettier-ignore
    await assert.rejects(stopped, (error) => error === "stop");
    const others = await smallData("politics", { train: 20, dev: 8 });
    for (const sourceData of [{ sourceData: others }, {}])
      await assert.rejects(adapt({ ...request, ...sourceData, resume: true }), isCdlmError("INVALID_STATE"));
    await adapt({ ...request, sourceData: news!, resume: true });
    const { sourceData } = (await readCdlmFile(at("stopped")))!.provenance as { sourceData: object };
    assert.deepEqual(sourceData, Object.fromEntries(Object.entries(news!.files).map(([split, { sha256 }]) => [split, sha256]))); // prettier-ignore
  });

  it("is not gone on with from another source model in the same folder", async () => {
    const request = { model: at("taught"), data: music!, out: at("retaught"), keep: true, options: still };
    await cp(at("viterbi"), at("taught"), { recursive: true });
    const stop = new AbortController();
    await assert.rejects(adapt({ ...request, signal: stop.signal, onProgress: () => stop.abort("stop") }));
    await cp(at("crf"), at("taught"), { recursive: true });
    await assert.rejects(adapt({ ...request, resume: true }), isCdlmError("INVALID_STATE"));
  });

  it("leaves no trace in a model that keeps nothing, and says so", async () => {
    await adapt({ model: at("viterbi"), data: music!, out: at("plain"), options: still });
    assert.equal((await readCdlmFile(at("plain")))!.kept, null);
    for (const types of ["kept", "all"] as const)
      await assert.rejects(Recognizer.load(at("plain"), { types }), isCdlmError("INVALID_OPTION"));
  });

  it("refuses what cannot be: a source that keeps already, training without a source, an unknown choice", async () => {
    const request = { data: music!, out: at("none") };
    await assert.rejects(adapt({ ...request, model: at("both"), keep: true }), isCdlmError("INVALID_OPTION"));
    await assert.rejects(train({ ...request, encoder, options: { objective: { keeping: {} } } }), isCdlmError("INVALID_OPTION")); // prettier-ignore
    const types = "new" as "own";
    await assert.rejects(Recognizer.load(at("both"), { types }), isCdlmError("INVALID_OPTION"));
  });
});

/** Mean over words of the total variation between what the kept head says and what the source model says. */
async function distanceOf(source: string, adapted: string, sentences: readonly (readonly string[])[]) {
  const models = [await openTagger(source), await openTagger(adapted)] as const;
  const [expected, actual] = await Promise.all([models[0], models[1].kept!].map((model) => wordProbabilities(model, sentences))); // prettier-ignore
  await Promise.all(models.map((model) => model.dispose()));
  return meanVariation(expected!.flat(), actual!.flat());
}
