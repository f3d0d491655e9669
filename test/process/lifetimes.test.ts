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
  this.timeout(120_000 + 200 * rounds);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path);
  });
  after(() => folder[Symbol.asyncDispose]());

  const disposed = { code: "INVALID_STATE" };

  for (const what of ["models", "programs"])
    it(`${rounds} ${what} used and disposed take no more memory than the first 50`, async () => {
      // Compiled JavaScript and the young generation grow for a long while, and hide what is looked for.
      const flags = ["--jitless", "--max-semi-space-size=1"];
      const { code, output, errors } = await endOfChild(folder.path, what, rounds, flags);
      assert.equal(code, 0, errors);
      const resident = output.trim().split(" ").map(Number); // every ten rounds
      assert.equal(resident.length, rounds / 10);
      const growth = Math.max(...resident.slice(5)) / resident[4]! - 1;
      console.log(`      grew by ${(100 * growth).toFixed(2)} % after the first 50`);
      assert.ok(growth <= 0.02, output);
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
