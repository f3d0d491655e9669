import assert from "node:assert/strict";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

const words = 100_000;

describe("a sentence of 100,000 words", function () {
  this.timeout(120_000);

  it("is trained on in windows and recognised in windows", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 40, dev: 4 });
    const all = data.train.flatMap((sentence) =>
      sentence.words.map((word, k) => [word, sentence.tags[k]!] as const),
    );
    const long = Array.from({ length: words }, (_, k) => all[k % all.length]!);
    const sentence = { words: long.map(([word]) => word), tags: long.map(([, tag]) => tag) };
    const report = await train({
      encoder: golden("tiny-bert"),
      data: { ...data, train: [sentence], dev: undefined },
      out: folder.path,
      options: { epochs: 1, batchPieces: 8192 },
    });
    assert.ok(report.steps > 10, `${report.steps} steps`);
    await using ner = await Recognizer.load(folder.path);
    const [document] = await ner.recognize([sentence.words.join(" ")]);
    assert.ok(document!.windows > 1000);
    const told: number[] = []; // words that windows share count once
    const [tagged] = await ner.tagWords([sentence.words], { onProgress: (done) => told.push(done) });
    assert.equal(told.at(-1), words);
    assert.equal(tagged!.tags.length, words);
  });

  it("of one letter each, in one word of 300,000 letters, and in a million line ends", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 8, dev: 4 });
    await train({ encoder: golden("tiny-bert"), data, out: folder.path, options: { epochs: 1 } });
    await using ner = await Recognizer.load(folder.path);
    for (const text of [
      "a ".repeat(words),
      "a".repeat(300_000),
      "\n".repeat(1_000_000),
      "😀".repeat(words),
      "",
    ]) {
      const started = performance.now();
      const [document] = await ner.recognize([text]);
      assert.equal(document!.text, text);
      assert.ok(
        performance.now() - started < 20_000,
        `${text.slice(0, 3)}… took ${performance.now() - started} ms`,
      );
    }
  });
});
