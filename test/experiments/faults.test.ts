import assert from "node:assert/strict";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import type { Summary } from "../../bench/experiments/summary.js";
import { cli } from "../cli/run-cli.js";
import { temporaryFolder } from "../support/small-data.js";
import { bench } from "./bench-command.js";
import { miniSuite, writeSuite } from "./mini-suite.js";

interface Report {
  tables: Summary[];
  failed: string[];
}

describe("cdlm bench experiments, where something is missing or wrong", function () {
  this.timeout(120_000);

  it("data without a split are skipped, data that cannot be read have failed, and the others run", async () => {
    await using folder = await temporaryFolder();
    const { args, records, at } = await bench(folder.path, { ...miniSuite, seeds: [1], systems: ["finetune"], domains: ["music", "ai", "science", "literature"], mean: [] }); // prettier-ignore
    await rm(at("data/music/test.txt"));
    await cp(at("data/ai"), at("data/science"), { recursive: true });
    await writeFile(at("data/science/dev.txt"), "word\tX-wrong\n");
    await mkdir(at("data/literature"));
    const { code, stderr } = await cli(args);
    assert.equal(code, 1);
    for (const domain of ["music", "literature"])
      assert.match(stderr, new RegExp(`skipped: ${domain} is not in`));
    assert.match(stderr, /failed: all runs on science: .*dev\.txt:1/);
    assert.deepEqual((await records()).map(({ id }) => id), ["finetune/ai/seed1"]); // prettier-ignore
  });

  it("files beside the results that are none are named and passed over", async () => {
    await using folder = await temporaryFolder();
    const { args, records, at } = await bench(folder.path, { ...miniSuite, seeds: [1], systems: ["finetune"], domains: ["ai"], mean: [] }); // prettier-ignore
    await mkdir(at("results"));
    await writeFile(at("results/notes.jsonl"), "not json\n");
    await writeFile(at("results/mini-old.jsonl"), '{"formatVersion":0,"suite":"mini"}\n');
    const { code, stderr } = await cli(args);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /not looked at: .*mini-old\.jsonl[^]*not looked at: .*notes\.jsonl/);
    assert.equal((await records()).length, 1);
  });

  it("a run that fails is named, the others are recorded, and the exit code is 1", async () => {
    await using folder = await temporaryFolder();
    const diverging = { name: "wild", system: "finetune", options: { learningRate: 1e30, headLearningRate: 1e30, clipNorm: 0, warmup: 0 } }; // prettier-ignore
    const { args, records } = await bench(folder.path, { ...miniSuite, domains: ["ai"], mean: [], seeds: [1], systems: [diverging, "finetune"] }); // prettier-ignore
    const { code, stdout, stderr } = await cli([...args, "--json"]);
    assert.equal(code, 1, stderr);
    assert.deepEqual((JSON.parse(stdout) as Report).failed, ["wild/ai/seed1"]);
    assert.deepEqual(
      (await records()).map(({ id }) => id),
      ["finetune/ai/seed1"],
    );
  });

  it("without its source's data nothing runs, and the table has dashes", async () => {
    await using folder = await temporaryFolder();
    const { args, at } = await bench(folder.path, miniSuite);
    await rm(at("data/conll2003"), { recursive: true });
    const { code, stdout, stderr } = await cli(args);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /skipped: all runs, for the source conll2003 is not in/);
    assert.match(stdout, /finetune +– +– +– /);
  });

  it("a missing --data or --encoder is wrong usage", async () => {
    await using folder = await temporaryFolder();
    const file = await writeSuite(folder.path, miniSuite);
    const { code, stderr } = await cli(["bench", "experiments", file, "--results", folder.path]);
    assert.equal(code, 2);
    assert.match(stderr, /--data is missing/);
  });
});
