import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { abstractCounts, targetTransitions } from "../../lib/baselines/abstract-transitions.js";
import { systems } from "../../lib/baselines/index.js";
import { tagsOfTypes, typesOfWords } from "../../lib/baselines/io-tags.js";
import { NearestWords } from "../../lib/baselines/nearest-words.js";
import { sequenceDecoder } from "../../lib/baselines/structshot.js";
import type { SystemRequest, Tags } from "../../lib/baselines/system.js";
import { writeColumnFile } from "../../lib/data/column-file.js";
import { loadDataset, trainingTypes } from "../../lib/data/dataset.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { softmaxOf } from "../../lib/graph/ops/softmax.js";
import { openTagger } from "../../lib/model/open-tagger.js";
import { assertClose } from "../support/engines.js";
import {
  firstSentences,
  smallData,
  temporaryFolder,
  tensorsOf,
  writeSmallData,
} from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

const options = { epochs: 2, batchSentences: 4, learningRate: 1e-3, patience: 0 };
const cpu = { device: "cpu", threads: 1 } as const;
const tagsIn = (sentences: readonly Sentence[]): Tags => sentences.map(({ tags }) => tags);

describe("systems on a few sentences", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let request: SystemRequest;
  const at = (name: string) => path.join(folder.path, name);

  /** What is tested is what was trained on; dev is half of it. */
  before(async () => {
    folder = await temporaryFolder();
    const [source, sourceData] = ["model", "source"].map(at) as [string, string]; // prettier-ignore
    await writeTinyModel(source);
    await writeSmallData(sourceData, "politics", { train: 20, dev: 4 });
    const data = await smallData("music", { train: 8, dev: 4 });
    const { train } = data;
    request = {
      ...{ source, sourceData, options, work: "", device: cpu },
      data: { ...data, dev: train.slice(0, 4), test: train },
    };
  });
  after(() => folder[Symbol.asyncDispose]());

  it("nnshot tags its own support as it is tagged, but for touching mentions of a type", async () => {
    const { dev, test, details } = await systems.nnshot.run(request);
    const own = tagsIn(request.data.train).map((tags) => tagsOfTypes(typesOfWords(tags)));
    assert.deepEqual([dev, test], [own.slice(0, 4), own]);
    assert.deepEqual(details, { trainSentences: 8 });
    assert.equal(systems.nnshot.trainingOptions({}), undefined);
  });

  it("structshot is nnshot's scores and the source's transitions, raised to ρ = 0.05", async () => {
    const { test, details } = await systems.structshot.run(request);
    const model = await openTagger(request.source, cpu);
    const types = trainingTypes(request.data);
    const words = await NearestWords.of(model, request.data.train, types);
    const counts = abstractCounts(tagsIn((await loadDataset(request.sourceData)).train));
    const transitions = targetTransitions(counts, types.length, 0.05);
    const decode = sequenceDecoder(model.engine, transitions, types.length + 1);
    const best = await decode(await words.scores(request.data.test!.map((sentence) => sentence.words)));
    await model.dispose();
    assert.deepEqual(test, best.map((tags) => tagsOfTypes(tags.map((tag) => types[tag - 1])))); // prettier-ignore
    assert.notDeepEqual(test, (await systems.nnshot.run(request)).test);
    assert.deepEqual(details, { trainSentences: 8 });
  });

  it("structshot finds mentions of one word where the source has no others", async () => {
    const sourceData = at("one word");
    await mkdir(sourceData);
    const oslo = { words: ["In", "Oslo", "and", "Rome"], tags: ["O", "B-x", "O", "B-x"] };
    await writeColumnFile(path.join(sourceData, "train.txt"), [oslo]);
    const inside = (all: Tags) => all.flat().filter((tag) => tag.startsWith("I-")).length;
    const { test } = await systems.structshot.run({ ...request, sourceData });
    assert.ok(test.flat().includes("B-musicgenre"));
    assert.equal(inside(test), 0);
    assert.ok(inside((await systems.structshot.run(request)).test) > 0);
  });

  it("finetune-matched trains 1.9 times as many epochs as finetune, and is the same but for that", async () => {
    const [plain, matched] = [systems.finetune, systems["finetune-matched"]];
    for (const [epochs, expected] of [
      [undefined, 57],
      [1, 2],
      [10, 19],
      [40, 76],
    ] as const) {
      // prettier-ignore
      const given = { seed: 3, ...(epochs === undefined ? {} : { epochs }) };
      assert.deepEqual(matched.trainingOptions(given), { ...plain.trainingOptions(given), epochs: expected });
    }
    const one = await matched.run({ ...request, work: at("matched") });
    const other = await plain.run({ ...request, options: { ...options, epochs: 4 }, work: at("plain") });
    assert.deepEqual([one.details.epochs, one.details.steps], [4, other.details.steps]);
    assert.deepEqual(one.test, other.test);
    assert.equal(one.details.devF1, other.details.devF1);
  });

  it("joint trains the source's head by half of the source's loss", async () => {
    const [source, sourceData] = ["still model", "one sentence"].map(at) as [string, string]; // prettier-ignore
    await writeTinyModel(source);
    await withoutDropout(source);
    await mkdir(sourceData);
    const [{ words, tags }] = (await firstSentences("politics", "train", 1)) as [Sentence];
    const sentence = { words: words.slice(0, 8), tags: tags.slice(0, 8) };
    await writeColumnFile(path.join(sourceData, "train.txt"), [sentence]);

    const work = at("joint");
    const oneStep = { epochs: 1, batchSentences: 100, optimizer: "sgd", schedule: "constant", warmup: 0, clipNorm: 0, headLearningRate: 0.5 } as const; // prettier-ignore
    await systems.joint.run({ ...request, source, sourceData, work, options: oneStep });
    const name = "classifier.bias";
    const before = (await tensorsOf(source)).get(name)!;
    const after = (await tensorsOf(path.join(work, "model"))).get(`source.${name}`)!;
    const gradient = await biasGradient(source, sentence);
    assert.ok(Math.max(...gradient.map(Math.abs)) > 0.01);
    const expected = before.map((value, k) => value - 0.5 * oneStep.headLearningRate * gradient[k]!);
    assertClose(after, expected, 1e-5, name);
  });
});

async function withoutDropout(model: string): Promise<void> {
  const file = path.join(model, "config.json");
  const config = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(file, JSON.stringify({ ...config, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 })); // prettier-ignore
}

/** Of the mean cross-entropy of a sentence's tags by the bias of a model's head. */
async function biasGradient(folder: string, { words, tags }: Sentence): Promise<number[]> {
  const model = await openTagger(folder, cpu);
  const [tagged] = await model.tagSentences([words]);
  const { size } = model.tagSet;
  const gold = tags.map((tag) => model.tagSet.indexOf(tag));
  await model.dispose();
  const rows = gold.map((_, word) => softmaxOf(tagged!.scores.subarray(word * size, (word + 1) * size)));
  return Array.from({ length: size }, (_, tag) =>
    rows.reduce((sum, row, word) => sum + (row[tag]! - Number(gold[word] === tag)) / words.length, 0),
  );
}
