import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { adapt } from "../../lib/adapter.js";
import type { Dataset } from "../../lib/data/dataset.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

/** One batch an epoch, so that the log has the loss of every step. */
const options = { epochs: 5, batchSentences: 4, learningRate: 1e-3, evaluateFrom: 1, patience: 0 };
const sizes = { train: 4, dev: 2 };
const devices = ["cpu", "cuda"] as const;

async function lossesOf(folder: string): Promise<number[]> {
  const lines = (await readFile(path.join(folder, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines
    .map((line) => (JSON.parse(line) as { loss?: number }).loss)
    .filter((loss) => loss !== undefined);
}

function assertSameLosses(actual: number[], expected: number[], tolerance: number): void {
  assert.equal(expected.length, 5);
  assert.equal(actual.length, 5);
  for (const [step, loss] of expected.entries())
    assert.ok(
      Math.abs(actual[step]! - loss) <= tolerance * Math.abs(loss),
      `step ${step}: ${actual[step]} instead of ${loss}`,
    );
}

describe("training on CUDA against the processor", function () {
  this.timeout(600_000);
  let news: Dataset;
  let music: Dataset;
  let source: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    source = await temporaryFolder();
    news = await smallData("politics", sizes);
    music = await smallData("music", sizes);
  });
  after(() => source[Symbol.asyncDispose]());

  for (const [precision, tolerance] of [
    ["fp32", 1e-4],
    ["bf16", 1e-2],
  ] as const)
    it(`five steps of training have the same losses in ${precision}`, async () => {
      const losses = [];
      for (const device of devices) {
        const out = path.join(source.path, precision === "fp32" ? device : `${precision}-${device}`);
        await train({
          encoder: golden("tiny-bert"),
          data: news,
          out,
          options,
          device: { device, precision },
        });
        losses.push(await lossesOf(out));
      }
      assertSameLosses(losses[1]!, losses[0]!, tolerance);
    });

  it("five steps of adapting, with every part of the method, have the same losses", async () => {
    const losses = [];
    for (const device of devices) {
      const out = path.join(source.path, `adapted-${device}`);
      await adapt({
        model: path.join(source.path, "cpu"),
        data: music,
        out,
        method: "cdlm",
        options: { ...options, preset: "paper" },
        device: { device },
      });
      losses.push(await lossesOf(out));
    }
    assertSameLosses(losses[1]!, losses[0]!, 1e-4);
  });

  it("a model recognises the same entities", async () => {
    const text = "The Labour Party won 2,000 votes in Leeds and lost the seat to Ann Lee .";
    const documents = [];
    for (const device of devices) {
      await using ner = await Recognizer.load(path.join(source.path, "cpu"), { device });
      assert.equal(ner.device.device, device);
      documents.push(
        (await ner.recognize([text]))[0]!.entities.map(({ start, end, type }) => [start, end, type]),
      );
    }
    assert.deepEqual(documents[1], documents[0]);
  });
});
