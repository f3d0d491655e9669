import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import type { Dataset } from "../../lib/data/dataset.js";
import { readCdlmFile } from "../../lib/model/cdlm-file.js";
import type { ObjectiveInput } from "../../lib/model/objective.js";
import { presetNames, withPreset } from "../../lib/model/presets.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import { isCdlmError } from "../data/expect-error.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

const encoder = golden("tiny-bert");
const options = { epochs: 2, batchSentences: 4, evaluateFrom: 0, learningRate: 1e-3 };

interface Line {
  loss?: number;
  parts?: Record<string, number>;
}
async function metricsOf(folder: string): Promise<Line[]> {
  const text = await readFile(path.join(folder, "metrics.jsonl"), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line) as Line); // prettier-ignore
}

describe("the method's parts in training", function () {
  this.timeout(60_000);
  let source: Awaited<ReturnType<typeof temporaryFolder>>;
  let data: Dataset;
  let news: Dataset;
  before(async () => {
    source = await temporaryFolder();
    news = await smallData("politics", { train: 24, dev: 8 });
    data = await smallData("music", { train: 24, dev: 8 });
    await train({ encoder, data: news, out: source.path, options });
  });
  after(() => source[Symbol.asyncDispose]());

  const adapted = (
    out: string,
    objective: ObjectiveInput,
    given: Partial<Parameters<typeof adapt>[0]> = {},
  ) => adapt({ model: source.path, data, out, options: { ...options, objective }, ...given });

  for (const preset of presetNames)
    it(`${preset}: finite losses, each part's share in the log, and a model that loads`, async () => {
      await using folder = await temporaryFolder();
      const report = await adapt({ model: source.path, data, out: folder.path, options: { ...options, preset } }); // prettier-ignore
      const epochs = (await metricsOf(folder.path)).filter(({ loss }) => loss !== undefined);
      assert.equal(epochs.length, 2);
      const objective = withPreset(preset);
      const weighted = ["auxiliary", "alignment", "explicit", "implicit", "consistency", "typing"].filter(
        (part) => {
          const { weight = 0 } = (objective[part as keyof ObjectiveInput] ?? {}) as { weight?: number };
          return weight > 0;
        },
      );
      for (const { loss, parts } of epochs) {
        assert.ok(Number.isFinite(loss));
        const names = weighted.length > 0 ? ["recognition", ...weighted] : [];
        assert.deepEqual(Object.keys(parts ?? {}), names);
        const shares = Object.values(parts ?? { all: loss! });
        assert.ok(Math.abs(shares.reduce((a, b) => a + b) - loss!) < 1e-4 * loss!);
      }
      const file = await readCdlmFile(folder.path);
      assert.equal(file!.counterfactual.tau, report.tau?.tau ?? 0);
      await using ner = await Recognizer.load(folder.path);
      assert.deepEqual(ner.types, report.types);
    });

  it("parts that come late weigh nothing before", async () => {
    await using folder = await temporaryFolder();
    await adapted(folder.path, { explicit: { weight: 0.1 }, partsFrom: 0.5 });
    const [early, late] = (await metricsOf(folder.path))
      .map(({ parts }) => parts)
      .filter((parts) => parts !== undefined);
    assert.equal(early!.explicit, 0);
    assert.ok(late!.explicit! > 0);
  });

  it("consistency, typing and keeping count from the first update on, whatever comes late", async () => {
    await using folder = await temporaryFolder();
    await adapted(folder.path, { consistency: {}, typing: {}, keeping: {}, partsFrom: 1 });
    const [first] = await metricsOf(folder.path);
    for (const part of ["consistency", "typing", "keeping"]) assert.ok(first!.parts![part]! > 0, part);
  });

  it("the head's dropout is the encoder's own unless it is given, and is kept with the model", async () => {
    await using folder = await temporaryFolder();
    const rateIn = async (out: string) =>
      (JSON.parse(await readFile(path.join(out, "config.json"), "utf8")) as { classifier_dropout?: number })
        .classifier_dropout;
    const outs = ["own", "given"].map((name) => path.join(folder.path, name)) as [string, string];
    await adapt({ model: source.path, data, out: outs[0], options });
    await adapt({ model: source.path, data, out: outs[1], options: { ...options, headDropout: 0.5 } });
    assert.equal(await rateIn(outs[0]), await rateIn(source.path));
    assert.equal(await rateIn(outs[1]), 0.5);
    const [own, given] = await Promise.all(outs.map((out) => metricsOf(out)));
    assert.notEqual(own![0]!.loss, given![0]!.loss);
  });

  it("an untrained fusion changes nothing", async () => {
    await using folder = await temporaryFolder();
    for (const form of ["concat", "add"] as const) {
      const still = { ...options, epochs: 1, warmup: 1, learningRate: 1e-30, fusionLearningRate: 1e-30, headLearningRate: 1e-30 }; // prettier-ignore
      const outs = ["plain", form].map((name) => path.join(folder.path, name));
      await adapt({ model: source.path, data, out: outs[0]!, options: still });
      await adapt({ model: source.path, data, out: outs[1]!, options: { ...still, objective: { fusion: { form } } } }); // prettier-ignore
      const [plain, fused] = await Promise.all(outs.map((out) => openTagger(out)));
      const words = data.dev!.map((sentence) => sentence.words);
      const [expected, actual] = [await plain!.tagSentences(words), await fused!.tagSentences(words)];
      assert.deepEqual(actual, expected);
      await Promise.all([plain!.dispose(), fused!.dispose()]);
    }
  });

  it("τ of 0 is the plain model; another τ only changes words that were taken for entities", async () => {
    await using folder = await temporaryFolder();
    const strong = { ...options, epochs: 20, learningRate: 2e-3, headLearningRate: 1e-2, decoding: "argmax" } as const; // prettier-ignore
    await adapt({ model: source.path, data, out: folder.path, options: strong });
    const model = await openTagger(folder.path);
    const words = data.dev!.map((sentence) => sentence.words);
    const plain = await model.tagSentences(words);
    assert.deepEqual(await model.tagSentences(words, { tau: 0 }), plain);
    const before = plain.flatMap(({ tags }) => tags);
    const after = (await model.tagSentences(words, { tau: 1 })).flatMap(({ tags }) => tags);
    const entityWords = before.filter((tag) => tag !== "O").length;
    const changed = before.filter((tag, word) => tag !== after[word]);
    assert.ok(entityWords > 0 && changed.length > 0, `${changed.length} of ${entityWords} changed`);
    assert.ok(!changed.includes("O"));
    await model.dispose();
  });

  it("masks at a layer and at the last vectors, two convolutions, nodes per tag", async () => {
    const variants: ObjectiveInput[] = [
      { explicit: { weight: 0.1, mask: "layer", layer: 1 }, tau: "dev" },
      { explicit: { weight: 0.1, mask: "last", live: true } },
      { fusion: { form: "concat", layers: 2, residual: true, activation: true }, labelGraph: { nodes: "tags" }, alignment: { weight: 1 } }, // prettier-ignore
      { interventions: { sentences: 0.5, contexts: 0.5, placement: "join" } },
    ];
    for (const objective of variants) {
      await using folder = await temporaryFolder();
      const report = await adapted(folder.path, objective);
      assert.ok(Number.isFinite(report.devF1));
    }
  });

  it("mentions of the source join the pool where its data is given", async () => {
    await using folder = await temporaryFolder();
    const objective = { interventions: { sentences: 1, pool: "both" } } as const;
    await assert.rejects(adapted(folder.path, objective), isCdlmError("INVALID_OPTION"));
    await adapted(folder.path, objective, { sourceData: news });
  });

  it("sentences of only O, a single type, and a type seen once are learnt without trouble", async () => {
    await using folder = await temporaryFolder();
    const [first, ...rest] = data.train;
    const onlyO = rest.map(({ words }) => ({ words, tags: words.map(() => "O") }));
    const single = { words: ["Nina", "sang"], tags: ["B-artist", "O"] };
    for (const sentences of [
      [...onlyO, single],
      [first!, ...onlyO, single],
    ]) {
      const small = { ...data, train: sentences, dev: undefined };
      await adapt({ model: source.path, data: small, out: folder.path, options: { ...options, preset: "paper" } }); // prettier-ignore
      assert.ok(
        (await metricsOf(folder.path)).every(({ loss }) => loss === undefined || Number.isFinite(loss)),
      );
    }
  });

  for (const [what, type] of [
    ["the tokenizer does not know", "ʘ"],
    ["has no letter", "__"],
  ] as const)
    it(`a type whose name ${what}, and one that only dev has, are learnt without trouble`, async () => {
      await using folder = await temporaryFolder();
      const renamed = data.train.map(({ words, tags }) => ({
        words,
        tags: tags.map((tag) => tag.replace("musicalartist", type)),
      }));
      const unseen = { words: ["Nina", "sang"], tags: ["B-neverseen", "O"] };
      const given = { ...data, train: renamed, dev: [unseen, ...renamed.slice(0, 3)] };
      await adapt({ model: source.path, data: given, out: folder.path, options: { ...options, preset: "paper" } }); // prettier-ignore
      await using recognizer = await Recognizer.load(folder.path);
      assert.ok([type, "neverseen"].every((name) => recognizer.types.includes(name)));
      const losses = (await metricsOf(folder.path)).flatMap(({ loss }) => loss ?? []);
      assert.ok(losses.length > 0 && losses.every(Number.isFinite));
    });

  it("refuses what cannot be: no entity at all, a layer that is not there, unknown fields, an encoder as source", async () => {
    await using folder = await temporaryFolder();
    const none = { ...data, train: data.train.map(({ words }) => ({ words, tags: words.map(() => "O") })), dev: undefined }; // prettier-ignore
    const fusion = { fusion: { form: "concat" } } as const;
    await assert.rejects(adapted(folder.path, fusion, { data: none }), isCdlmError("DATA_INVALID"));
    const deep = { explicit: { weight: 1, mask: "layer", layer: 9 } } as const;
    await assert.rejects(adapted(folder.path, deep), isCdlmError("INVALID_OPTION"));
    await assert.rejects(adapted(folder.path, { fusoin: {} } as never), isCdlmError("INVALID_OPTION"));
    await assert.rejects(adapted(folder.path, fusion, { model: encoder }), isCdlmError("FILE_INVALID"));
    const out = folder.path;
    const training = train({ encoder, data, out, options: { ...options, objective: fusion } });
    await assert.rejects(training, isCdlmError("INVALID_OPTION"));
    const wild = { alignment: { weight: 1e3 }, explicit: { weight: 1e3 } };
    const hot = {
      ...options,
      learningRate: 1e30,
      headLearningRate: 1e30,
      clipNorm: 0,
      warmup: 0,
      objective: wild,
    };
    await assert.rejects(adapted(out, {}, { options: hot }), isCdlmError("DIVERGED"));
  });
});
