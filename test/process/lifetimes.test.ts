import assert from "node:assert/strict";
import { gradients } from "../../lib/graph/gradient.js";
import { sum } from "../../lib/graph/ops/sum.js";
import { Graph } from "../../lib/graph/tensor.js";
import { Recognizer } from "../../lib/recognizer.js";
import { cpuEngine } from "../support/engines.js";
import { endOfChild } from "./end-of-child.js";
import { temporaryFolder } from "../support/small-data.js";
import { longText, writeTinyModel } from "../support/tiny-model.js";

const rounds = Number(process.env.CDLM_ROUNDS ?? 200);

describe("lifetimes", function () {
  this.timeout(120_000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path);
  });
  after(() => folder[Symbol.asyncDispose]());

  const disposed = { code: "INVALID_STATE" };

  it(`${rounds} times loaded, used and disposed take no more memory than a few times`, async () => {
    const { code, output } = await endOfChild(folder.path, "rounds", rounds);
    assert.equal(code, 0);
    const resident = output.trim().split(" ").map(Number);
    // A model that stayed would cost 0.6 MB, its native part alone 0.3 MB.
    assert.ok(resident.at(-1)! - resident[1]! < rounds / 20, output);
  });

  it("dispose is safe twice, also at once", async () => {
    const ner = await Recognizer.load(folder.path);
    await Promise.all([ner.dispose(), ner.dispose()]);
    await ner.dispose();
    await ner[Symbol.asyncDispose]();
  });

  it("dispose in the middle of a run waits for the op that runs, and the run rejects or has ended", async () => {
    for (const text of [longText, longText.slice(0, 300)]) {
      const ner = await Recognizer.load(folder.path);
      const running = ner.recognize([text]).then(
        () => "ended",
        (error: { code: string }) => error.code,
      );
      await ner.dispose();
      assert.match(await running, /ended|INVALID_STATE/);
    }
  });

  it("after dispose every call rejects with INVALID_STATE", async () => {
    const ner = await Recognizer.load(folder.path);
    await ner.dispose();
    await assert.rejects(ner.recognize(["London"]), disposed);
    await assert.rejects(ner.tagWords([["London"]]), disposed);
    await assert.rejects(ner.stream(["London"]).next(), disposed);
  });

  it("after dispose every call of an engine and its programs rejects with INVALID_STATE", async () => {
    const engine = cpuEngine();
    const graph = new Graph();
    const weight = graph.parameter("weight", [3]);
    const loss = sum(weight);
    const [gradient] = gradients(loss, [weight]);
    const roots = { outputs: { loss }, gradients: new Map([["weight", gradient!]]) };
    const program = engine.program(roots);
    await engine.define("weight", [3]);
    await program.run({});
    await engine.dispose();
    for (const call of [
      () => engine.define("other", [3]),
      () => engine.write("weight", 0, 0, 0, new Uint8Array(4)),
      () => engine.read("weight", 0, 0, 1),
      () => engine.configureOptimizer({ rule: "adamw", groups: [] }, 0),
      () => engine.step({ learningRates: [] }),
      () => program.run({}),
      () => engine.program(roots).run({}),
    ])
      await assert.rejects(call, disposed, String(call));
    await program.dispose(); // of what is gone already
  });
});
