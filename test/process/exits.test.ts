import assert from "node:assert/strict";
import { endOfChild } from "./end-of-child.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";

const exits = Number(process.env.CDLM_EXITS ?? 10);
describe("the end of a process", function () {
  this.timeout(60_000 + exits * 3000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path);
  });
  after(() => folder[Symbol.asyncDispose]());

  const end = (how: string, delay = 10) => endOfChild(folder.path, how, delay);

  it(`process.exit in the middle of a run, ${exits} times`, async () => {
    for (let k = 0; k < exits; k += 2) {
      const ends = await Promise.all([end("exit", (k * 5) % 60), end("exit", (k * 11) % 90)]);
      for (const { code, signal, errors } of ends) assert.deepEqual([code, signal, errors], [7, null, ""]);
    }
  });

  for (const how of ["throw", "reject"])
    it(`an uncaught ${how === "throw" ? "exception" : "rejection"} in the middle of a run`, async () => {
      const { code, signal, errors } = await end(how);
      assert.deepEqual([code, signal], [1, null]);
      assert.match(errors, /in the middle of a run/);
    });

  for (const how of ["disposed", "kept", "untouched", "disposedWhileBusy", "collected"])
    it(`by itself: a recogniser ${how}`, async () => {
      assert.deepEqual(await end(how), { code: 0, signal: null, output: "", errors: "" });
    });

  it("by itself, but not before a run that is going on", async () => {
    assert.deepEqual(await end("unawaited"), { code: 0, signal: null, output: "done", errors: "" });
  });
});
