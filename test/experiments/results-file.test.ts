import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ResultsFile } from "../../bench/experiments/results-file.js";
import type { RunRecord } from "../../bench/experiments/run-record.js";
import { temporaryFolder } from "../support/small-data.js";

const split = {
  precision: 50,
  recall: 50,
  f1: 50,
  types: {},
  counts: { correct: [1], predicted: [2], gold: [2] },
};

const record = (id: string): RunRecord => ({
  ...{ id, fingerprint: "f", config: {}, seed: 1, versions: {}, dev: split, test: split },
  ...{ seconds: { total: 2, evaluation: 1 }, details: {}, finished: "2026-01-01T00:00:00.000Z" },
});

describe("results of experiments", () => {
  it("what is added is there when the file is opened again; records stay in their order", async () => {
    await using folder = await temporaryFolder();
    const first = await ResultsFile.open(folder.path, "mini");
    for (const [id, fingerprint] of [
      ["a", "f"],
      ["b", "f"],
      ["a", "g"],
    ] as const)
      // prettier-ignore
      await first.add({ ...record(id), fingerprint });
    const again = await ResultsFile.open(folder.path, "mini");
    assert.deepEqual(again.records, first.records);
    assert.deepEqual([again.records.at(-1)!.fingerprint, again.cut], ["g", 0]);
    assert.ok(
      again.has({ ...record("a"), fingerprint: "g" }) && !again.has({ ...record("b"), fingerprint: "g" }),
    );
    assert.ok(!again.has({ ...record("a"), probes: null }), "a record without the probes that are asked for");
  });

  it("at whatever byte a kill ends the file, the whole lines stay and writing goes on", async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, "mini.jsonl");
    const results = await ResultsFile.open(folder.path, "mini");
    await results.add(record("a"));
    const whole = await readFile(file);
    await results.add({ ...record("b"), details: { word: "Zürich 🎵" } });
    const both = await readFile(file);
    for (let length = 0; length <= both.length; length += 7) {
      await writeFile(file, both.subarray(0, length));
      const opened = await ResultsFile.open(folder.path, "mini");
      assert.equal(opened.has(record("a")), length >= whole.length, `${length} bytes`);
      await opened.add(record("c"));
      const after = await ResultsFile.open(folder.path, "mini");
      assert.ok(after.has(record("c")) && after.cut === 0, `${length} bytes`);
    }
  });

  it("another format version is refused with both numbers and stays as it is", async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, "mini.jsonl");
    const text = '{"formatVersion":7,"suite":"mini"}\n{"something":"else"}\n{"half';
    await writeFile(file, text);
    const refusal = { code: "VERSION_UNSUPPORTED", expected: "format version 1", received: "7" };
    await assert.rejects(ResultsFile.open(folder.path, "mini"), refusal);
    assert.equal(await readFile(file, "utf8"), text);
  });

  it("a bad line within the file is refused with its place, and nothing is cut", async () => {
    await using folder = await temporaryFolder();
    const results = await ResultsFile.open(folder.path, "mini");
    await results.add(record("a"));
    await appendFile(results.file, '{"id": 3}\n');
    await results.add(record("b"));
    const text = await readFile(results.file, "utf8");
    await assert.rejects(ResultsFile.open(folder.path, "mini"), { code: "FILE_INVALID", line: 3 });
    assert.equal(await readFile(results.file, "utf8"), text);
  });

  it("results of another suite are refused", async () => {
    await using folder = await temporaryFolder();
    await writeFile(path.join(folder.path, "mini.jsonl"), '{"formatVersion":1,"suite":"table1"}\n');
    await assert.rejects(ResultsFile.open(folder.path, "mini"), { code: "FILE_INVALID", received: "table1" });
  });
});
