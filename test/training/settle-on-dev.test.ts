import assert from "node:assert/strict";
import { access, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { calibrated } from "../../lib/eval/calibration.js";
import { scoreSpans } from "../../lib/eval/span-scores.js";
import { readCdlmFile } from "../../lib/model/cdlm-file.js";
import { spanPosteriors } from "../../lib/model/mentions.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import { Slot } from "../../lib/native/contract.js";
import { Recognizer } from "../../lib/recognizer.js";
import { validTransitions } from "../../lib/text/tag-set.js";
import { chooseTau } from "../../lib/training/choose-tau.js";
import type { TrainingProgress } from "../../lib/training/progress.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

const options = { epochs: 6, batchSentences: 4, evaluateFrom: 0, learningRate: 2e-3, headLearningRate: 1e-2 };

describe("what dev settles", function () {
  this.timeout(60_000);

  for (const mask of ["input", "layer", "last"] as const)
    it(`τ with a mask at ${mask}: the best of what whole runs with each τ give`, async () => {
      await using folder = await temporaryFolder();
      const data = await smallData("politics", { train: 30, dev: 12 });
      const objective = { tau: "dev", explicit: { weight: 0.3, mask, layer: 1 } } as const;
      const report = await train({ encoder: golden("tiny-bert"), data, out: folder.path, options: { ...options, objective } }); // prettier-ignore
      const model = await openTagger(folder.path);
      const words = data.dev!.map((sentence) => sentence.words);
      const gold = data.dev!.map(({ tags }) => tags);
      const { devF1, tau } = report.tau!;
      assert.equal(Object.keys(devF1).length, 7);
      for (const tried of Object.keys(devF1).map(Number)) {
        const tagged = await model.tagSentences(words, { tau: tried, batchPieces: 64 });
        assert.equal(scoreSpans(gold, tagged.map(({ tags }) => tags)).micro.f1, devF1[tried], `τ ${tried}`); // prettier-ignore
        assert.ok(devF1[tried]! < devF1[tau]! || tried >= tau);
      }
      const { tagged } = await chooseTau(model, data.dev!);
      const own = await model.tagSentences(words);
      assert.deepEqual(tagged.map(({ tags }) => tags), own.map(({ tags }) => tags)); // prettier-ignore
      assert.equal(model.options.counterfactual.tau, tau);
      await model.dispose();
    });

  it("confidences: the fit is in the folder, a model without it says so, older folders load", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 30, dev: 30 });
    const report = await train({ encoder: golden("tiny-bert"), data, out: folder.path, options });
    assert.ok(report.calibration!.mentions > 0);
    const file = path.join(folder.path, "cdlm.json");
    const cdlm = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    const model = await openTagger(folder.path);
    const { calibration } = model;
    await model.dispose();
    assert.deepEqual(cdlm.calibration, calibration);
    await using ner = await Recognizer.load(folder.path);
    assert.equal(ner.calibration, report.calibration!.method);
    const sentences = data.dev!.map((sentence) => sentence.words);
    const mentions = (await ner.tagWords(sentences)).flatMap((tagged) => tagged.mentions);
    assert.equal(mentions.length, report.calibration!.mentions);
    for (const { confidence, posterior } of mentions)
      assert.equal(confidence, calibrated(calibration!, posterior));
    const { calibration: _, ...older } = cdlm;
    await writeFile(file, JSON.stringify(older));
    await using bare = await Recognizer.load(folder.path);
    assert.equal(bare.calibration, null);
    for (const { mentions: found } of await bare.tagWords(sentences))
      for (const { confidence, posterior } of found) assert.equal(confidence, posterior);
  });

  it("a run that is stopped while dev settles it goes on from its last checkpoint", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 30, dev: 30 });
    const at = (name: string) => path.join(folder.path, name);
    const request = { encoder: golden("tiny-bert"), data, options };
    const whole = await train({ ...request, out: at("whole") });
    const stop = new AbortController();
    const onProgress = ({ phase, step, steps }: TrainingProgress) => {
      if (phase === "save" && step === steps) stop.abort("stop");
    };
    const stopped = train({ ...request, out: at("stopped"), signal: stop.signal, onProgress });
    await assert.rejects(stopped, (error) => error === "stop");
    assert.equal((await readCdlmFile(at("stopped")))!.calibration, null);
    let updates = 0;
    const counted = ({ phase }: TrainingProgress) => (updates += Number(phase === "train"));
    const resumed = await train({ ...request, out: at("stopped"), resume: true, onProgress: counted });
    assert.equal(updates, 0);
    assert.deepEqual(
      [resumed.epoch, resumed.devF1, resumed.calibration],
      [whole.epoch, whole.devF1, whole.calibration],
    );
    await assert.rejects(access(at("stopped/checkpoint")), { code: "ENOENT" });
  });

  it("without dev nothing is settled", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 8, dev: 4 });
    const report = await train({ encoder: golden("tiny-bert"), data: { ...data, dev: undefined }, out: folder.path, options: { ...options, epochs: 1 } }); // prettier-ignore
    assert.deepEqual([report.tau, report.calibration], [undefined, undefined]);
    await using ner = await Recognizer.load(folder.path);
    assert.equal(ner.calibration, null);
  });

  it("a mention's posterior is its share of all valid tag sequences", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 20, dev: 4 });
    const keep = new Set(["politicalparty", "location"]);
    const twoTypes = data.train.map(({ words, tags }) => ({ words, tags: tags.map((tag) => (keep.has(tag.slice(2)) ? tag : "O")) })); // prettier-ignore
    for (const decoding of ["crf", "viterbi", "argmax"] as const) {
      await train({ encoder: golden("tiny-bert"), data: { ...data, train: twoTypes, dev: undefined }, out: folder.path, options: { ...options, epochs: 3, decoding } }); // prettier-ignore
      const model = await openTagger(folder.path);
      assert.equal(model.tagSet.types.length, 2);
      const transitions = validTransitions(model.tagSet).map((valid) => (valid ? 0 : -1e4));
      if (decoding === "crf") {
        const learnt = await model.engine.read("crf.transitions", Slot.value, 0, transitions.length);
        transitions.forEach((value, k) => (transitions[k] = value + learnt[k]!));
      }
      const scored = await model.tagSentences(
        data.train.filter(({ words }) => words.length >= 4).map(({ words }) => words.slice(0, 4)),
      );
      const spans = [[0, 1], [0, 3], [1, 2], [2, 3]].map(([start, end], k) => ({ start: start!, end: end!, type: model.tagSet.types[k % 2]! })); // prettier-ignore
      const fields = scored.map(({ scores }) => ({ scores, spans }));
      (await spanPosteriors(model, fields)).forEach((posteriors, sentence) =>
        posteriors.forEach((posterior, k) => {
          const span = { ...spans[k]!, type: k % 2 };
          const expected = shareOf(span, fields[sentence]!.scores, transitions, model.tagSet.size);
          assert.ok(Math.abs(posterior - expected) < 1e-5, `${decoding}: ${posterior}, not ${expected}`);
        }),
      );
      await model.dispose();
    }
  });
});

/** By enumeration of all sequences of tags. */
function shareOf(
  { start, end, type }: { start: number; end: number; type: number },
  scores: Float32Array,
  transitions: Float32Array,
  tags: number,
): number {
  const words = scores.length / tags;
  const [begin, inside] = [1 + 2 * type, 2 + 2 * type];
  let [held, all] = [0, 0];
  for (let code = 0; code < tags ** words; code++) {
    const sequence = Array.from({ length: words }, (_, j) => Math.floor(code / tags ** j) % tags);
    const score = sequence.reduce((sum, tag, j) => sum + scores[j * tags + tag]! + transitions[(j === 0 ? tags : sequence[j - 1]!) * tags + tag]!, 0); // prettier-ignore
    all += Math.exp(score);
    const fits = sequence.slice(start, end).every((tag, j) => tag === (j === 0 ? begin : inside));
    if (fits && sequence[end] !== inside) held += Math.exp(score);
  }
  return held / all;
}
