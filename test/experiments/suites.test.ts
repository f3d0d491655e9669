import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chosenRuns, runsOf } from "../../bench/experiments/runs.js";
import { readSuite, suiteNames } from "../../bench/experiments/suite.js";
import { publishedRows } from "../../bench/experiments/published.js";
import { temporaryFolder } from "../support/small-data.js";
import { miniSuite, writeSuite } from "./mini-suite.js";

describe("experiment suites", () => {
  it("every suite of the repository is read, and its runs have ids of their own", async () => {
    const names = suiteNames();
    for (const name of ["table1", "table2", "table3", "table4", "table6", "figure4", "search"])
      assert.ok(names.includes(name), name);
    for (const name of names) {
      const ids = runsOf(await readSuite(name)).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, name);
    }
  });

  it("published figures name their encoder and source", async () => {
    const rows = await publishedRows("table1");
    assert.ok(rows.length > 0);
    for (const { encoder, source } of rows) assert.ok(encoder.length > 0 && source.length > 0);
    assert.deepEqual(await publishedRows("mini"), []);
  });

  it("a run is systems × domains × shots × seeds, with seeds outside", async () => {
    await using folder = await temporaryFolder();
    const runs = runsOf(await readSuite(await writeSuite(folder.path, { ...miniSuite, shots: [20, null] })));
    assert.equal(runs.length, 2 * 2 * 2 * 2);
    assert.deepEqual(
      runs.slice(0, 3).map(({ id }) => id),
      ["finetune/music/k20/seed1", "crf/music/k20/seed1", "finetune/ai/k20/seed1"],
    );
    assert.equal(runs.at(-1)!.id, "crf/ai/seed2");
    assert.deepEqual(chosenRuns(runs, ["crf/ai/seed2"]), [runs.at(-1)]);
    assert.throws(() => chosenRuns(runs, ["crf/ai/seed3"]), {
      code: "INVALID_OPTION",
      received: "crf/ai/seed3",
    });
  });

  const wrong: [string, object, RegExp][] = [
    ["an unknown system", { systems: ["finetune", "oracle"] }, /systems\.1\.system.*"finetune"/],
    ["an unknown system of a named row", { systems: ["finetune", { name: "a", system: "oracle" }] }, /systems\.1\.system.*"finetune"/], // prettier-ignore
    ["a K that is there twice", { shots: [5, 5] }, /twice.*5/],
    ["a mean over a domain that is no column", { mean: ["music", "politics"] }, /mean.*politics/],
    ["a probed suite of few-shot draws", { probed: true, shots: [5] }, /probed.*5/],
    ["an option that the system of a row does not have", { systems: ["finetune", { name: "a", system: "coach", options: { decoding: "crf" } }] }, /Coach/], // prettier-ignore
    ["an unknown domain", { domains: ["sports"] }, /domains\.0/],
    ["an unknown field", { epochs: 3 }, /epochs/],
    ["a misspelt training option", { options: { epoch: 3 } }, /epoch/],
    ["a wrong option of one row", { systems: ["finetune", { name: "a", system: "crf", options: { preset: "best" } }] }, /preset/], // prettier-ignore
    ["a row that is there twice", { systems: ["finetune", "finetune"] }, /twice.*finetune/],
    ["a reference that is no row", { reference: "lst" }, /reference.*lst/],
    ["a table by type of two domains", { columns: "types" }, /one domain/],
    ["no seed", { seeds: [] }, /seeds/],
  ];
  for (const [what, fields, message] of wrong)
    it(`${what} is refused with the file`, async () => {
      await using folder = await temporaryFolder();
      const file = await writeSuite(folder.path, { ...miniSuite, ...fields });
      await assert.rejects(readSuite(file), (error: Error & { code?: string; file?: string }) => {
        assert.deepEqual([error.code, error.file], ["INVALID_OPTION", file]);
        assert.match(error.message, message);
        return true;
      });
    });

  it("a folder in a suite's place is refused by its name", async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, "suite.json");
    await mkdir(file);
    await assert.rejects(readSuite(file), { code: "FILE_INVALID", file });
  });

  it("an unknown suite is refused with the names of all", async () => {
    await assert.rejects(readSuite("table9"), { code: "INVALID_OPTION", expected: /table1.*table6/ });
  });
});
