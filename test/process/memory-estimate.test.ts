import assert from "node:assert/strict";
import { cp, mkdir, open, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { gather } from "../../lib/graph/ops/gather.js";
import { sumRows } from "../../lib/graph/ops/sum-rows.js";
import { Graph } from "../../lib/graph/tensor.js";
import { Recognizer } from "../../lib/recognizer.js";
import { train } from "../../lib/trainer.js";
import { framed } from "../files/safetensors-bytes.js";
import { cpuEngine } from "../support/engines.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder } from "../support/small-data.js";

const doesNotFit = (what: string) => ({
  name: "CdlmError",
  code: "OUT_OF_MEMORY",
  message: new RegExp(`${what} does not fit into memory; expected about [\\d.]+ [MG]B, received [\\d.]+ [MG]B of [\\d.]+ [MG]B\\. `),
}); // prettier-ignore

describe("what is too large for this machine", function () {
  this.timeout(60_000);

  const { totalmem } = os;
  const { memoryUsage } = process;
  const rss = () => memoryUsage.call(process).rss;
  afterEach(() => {
    os.totalmem = totalmem;
    process.memoryUsage = memoryUsage;
  });

  /** As if the machine had so many bytes beside those that this process has, and the collector gave none back. */
  function leave(bytes: number): void {
    const held = rss();
    process.memoryUsage = Object.assign(() => memoryUsage.call(process), { rss: () => held });
    os.totalmem = () => held + bytes;
  }

  it("a model: said before its first byte is read", async function () {
    if (process.platform === "win32") return this.skip(); // no files with holes
    await using folder = await temporaryFolder();
    await writeHugeModel(folder.path, 2e9);
    leave(1e9);
    const before = rss();
    await assert.rejects(Recognizer.load(folder.path), doesNotFit("this model"));
    assert.ok(rss() - before < 200e6);
  });

  it("a training: said before its first step, and smaller batches fit", async () => {
    await using folder = await temporaryFolder();
    const data = await smallData("politics", { train: 64, dev: 1 });
    const run = (batchSentences: number) =>
      train({
        encoder: golden("tiny-bert"),
        data,
        out: path.join(folder.path, String(batchSentences)),
        options: { epochs: 1, batchSentences },
        device: { threads: 1 },
        onProgress: ({ step }) => (steps = step),
      });
    let steps = -1;
    leave(12e6);
    await assert.rejects(run(64), doesNotFit("this training"));
    assert.equal(steps, -1);
    leave(100e6);
    assert.equal((await run(4)).epochs, 1);
  });

  it("a run of a program: the engine goes on with smaller ones", async () => {
    const engine = cpuEngine();
    const graph = new Graph();
    const rows = gather(graph.parameter("table", [2, 2 ** 16]), graph.input("ids", "i32", ["n"]));
    const program = engine.program({ outputs: { sum: sumRows(rows) } });
    await engine.define("table", [2, 2 ** 16]);
    const rowBytes = 4 * 2 ** 16;
    const tooMany = Math.ceil(totalmem() / rowBytes);
    await assert.rejects(program.run({ ids: new Int32Array(tooMany) }), doesNotFit("the working memory of this run")); // prettier-ignore
    assert.equal((await program.run({ ids: new Int32Array(3) })).sum!.length, 2 ** 16);
    await engine.dispose();
  });
});

/** The folder of a fine-tuned model whose word embeddings are a hole in the file. */
async function writeHugeModel(folder: string, bytes: number): Promise<void> {
  await cp(golden("tiny-bert"), folder, { recursive: true });
  const config = JSON.parse(await readFile(path.join(folder, "config.json"), "utf8")) as { hidden_size: number }; // prettier-ignore
  const rows = Math.ceil(bytes / 4 / config.hidden_size);
  const shape = [rows, config.hidden_size];
  const data_offsets = [0, 4 * rows * config.hidden_size];
  const id2label = { 0: "O", 1: "B-person", 2: "I-person" };
  await writeFile(path.join(folder, "config.json"), JSON.stringify({ ...config, vocab_size: rows, id2label })); // prettier-ignore
  const header = { "embeddings.word_embeddings.weight": { dtype: "F32", shape, data_offsets } };
  const start = framed(new TextEncoder().encode(JSON.stringify(header)));
  await mkdir(folder, { recursive: true });
  const file = await open(path.join(folder, "model.safetensors"), "w");
  try {
    await file.write(start);
    await file.truncate(start.length + data_offsets[1]!);
  } finally {
    await file.close();
  }
}
