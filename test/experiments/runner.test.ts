import assert from "node:assert/strict";
import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { RunRecord } from "../../bench/experiments/run-record.js";
import type { Summary } from "../../bench/experiments/summary.js";
import { cli, ended, startCli } from "../cli/run-cli.js";
import { temporaryFolder } from "../support/small-data.js";
import { bench } from "./bench-command.js";
import { miniSuite, writeSuite } from "./mini-suite.js";

interface Report {
  tables: Summary[];
  failed: string[];
}

describe("cdlm bench experiments", function () {
  this.timeout(120_000);

  /** All that time does not change. */
  const lasting = ({ id, fingerprint, config, seed, dev, test }: RunRecord) => ({ id, fingerprint, config, seed, dev, test }); // prettier-ignore

  it("lists suites, and runs by their ids", async () => {
    const suites = JSON.parse((await cli(["bench", "experiments", "--json"])).stdout) as { name: string }[];
    assert.ok(suites.some(({ name }) => name === "table1"));
    const runs = JSON.parse((await cli(["bench", "experiments", "table1", "--list", "--json"])).stdout) as { id: string }[]; // prettier-ignore
    assert.ok(runs.some(({ id }) => id === "cdlm/ai/seed5"));
  });

  it("records every run once, and shows means, deviations and intervals", async () => {
    await using folder = await temporaryFolder();
    const { args, records, at } = await bench(folder.path, {
      ...miniSuite,
      domains: ["music", "ai", "science"],
    });
    const chart = at("chart.svg");
    const { code, stdout, stderr } = await cli([...args, "--json", "--chart", chart]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /skipped: science is not in/);
    assert.equal((await records()).length, 8);
    const { tables } = JSON.parse(stdout) as Report;
    const { columns, rows } = tables[0]!;
    assert.deepEqual(columns, ["music", "ai", "science", "mean"]);
    const tests = (await records())
      .filter(({ id }) => id.startsWith("crf/"))
      .map(({ id, test }) => [id, test.f1] as const);
    const [music1, ai1, music2, ai2] = tests.map(([, f1]) => f1) as [number, number, number, number];
    const crf = rows.find(({ system }) => system === "crf")!;
    assert.equal(crf.cells[0]!.mean, (music1 + music2) / 2);
    assert.ok(Math.abs(crf.cells[0]!.deviation - Math.abs(music1 - music2) / Math.SQRT2) < 1e-9);
    assert.equal(crf.cells[2], null); // as JSON writes what is not there
    assert.equal(crf.cells[3]!.mean, ((music1 + ai1) / 2 + (music2 + ai2) / 2) / 2);
    const { difference, interval } = crf.difference!;
    assert.ok(interval[0] <= difference && difference <= interval[1]);
    assert.match(await readFile(chart, "utf8"), /<svg[^]*nothing recorded[^]*<\/svg>/);

    const again = await cli(args);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /8 of 8 runs are recorded/);
    assert.match(again.stdout, /crf .* – {2}.*\[/);
    assert.match(again.stdout, /Our encoder: tiny-bert/);
    assert.equal((await records()).length, 8);
    assert.deepEqual(
      (await readdir(at("cache"))).filter((name) => !name.startsWith("source-")),
      [],
    );
  });

  it("--only runs one; a changed option runs again what it concerns", async () => {
    await using folder = await temporaryFolder();
    const first = await bench(folder.path, miniSuite);
    const one = await cli([...first.args, "--only", "crf/ai/seed2"]);
    assert.equal(one.code, 0, one.stderr);
    assert.deepEqual(
      (await first.records()).map(({ id }) => id),
      ["crf/ai/seed2"],
    );
    const unknown = await cli([...first.args, "--only", "crf/ai/seed9"]);
    assert.equal(unknown.code, 2);
    const changed = {
      ...miniSuite,
      systems: ["finetune", { name: "crf", system: "crf", options: { epochs: 2 } }],
    };
    const { args, records } = await bench(folder.path, changed);
    await cli([...args, "--only", "crf/ai/seed2", "finetune/ai/seed2"]);
    assert.deepEqual(
      (await records()).map(({ id }) => id),
      ["crf/ai/seed2", "finetune/ai/seed2", "crf/ai/seed2"],
    );
  });

  it("takes over what another suite has recorded of the same configuration, unless it did not probe", async () => {
    await using folder = await temporaryFolder();
    const { args, records, at } = await bench(folder.path, { ...miniSuite, seeds: [1], domains: ["ai"], mean: [] }); // prettier-ignore
    await cli(args);
    const [, crf] = await records();
    const row = { name: "transitions", system: "crf", options: { decoding: "crf" } };
    const other = { ...miniSuite, seeds: [1], domains: ["ai"], mean: [], systems: ["finetune", row] };
    const run = async (suite: object) => {
      const file = await writeSuite(folder.path, suite, "other");
      return cli([...args.slice(0, 2), file, ...args.slice(3)]);
    };
    assert.match((await run(other)).stderr, /2 of 2 runs are recorded/);
    const lines = (await readFile(at("results/other.jsonl"), "utf8")).trim().split("\n");
    assert.deepEqual(JSON.parse(lines[2]!), { ...crf, id: "transitions/ai/seed1" });
    assert.match((await run({ ...other, probed: true })).stderr, /run 1 of 2/);
  });

  it("rows of one configuration are run once", async () => {
    await using folder = await temporaryFolder();
    const again = { name: "again", system: "finetune", options: { decoding: "viterbi" } };
    const { args, records } = await bench(folder.path, { ...miniSuite, seeds: [1], domains: ["ai"], mean: [], systems: ["finetune", again] }); // prettier-ignore
    const { stderr } = await cli(args);
    assert.match(stderr, /run 1 of 1: finetune\/ai\/seed1/);
    const [first, second] = await records();
    assert.deepEqual(second, { ...first, id: "again/ai/seed1" });
  });

  it("the table shows what the suite asks now, names what is of other options, and writes nothing", async () => {
    await using folder = await temporaryFolder();
    const one = { ...miniSuite, seeds: [1], domains: ["ai"], mean: [], systems: ["finetune"] };
    const tableOf = async (options: object) => {
      const { args, at } = await bench(folder.path, { ...one, options });
      const before = await readdir(at("results")).catch(() => []);
      const { stdout, stderr, code } = await cli([...args, "--table"]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(await readdir(at("results")).catch(() => []), before);
      return stdout;
    };
    assert.match(await tableOf({ epochs: 1 }), /Nothing is recorded yet/);
    for (const epochs of [1, 2]) await cli((await bench(folder.path, { ...one, options: { epochs } })).args);
    const [first, second] = await (await bench(folder.path, one)).records();
    assert.match(await tableOf({ epochs: 1 }), new RegExp(`finetune +${first!.test.f1.toFixed(2)} `));
    assert.match(await tableOf({ epochs: 2 }), new RegExp(`finetune +${second!.test.f1.toFixed(2)} `));
    const none = await tableOf({ epochs: 3 });
    assert.match(
      none,
      /finetune +– [^]*Not shown, for they were recorded with other options.*finetune\/ai\/seed1/,
    );
  });

  it("another precision is another run", async () => {
    await using folder = await temporaryFolder();
    const { args, records } = await bench(folder.path, { ...miniSuite, seeds: [1], domains: ["ai"], mean: [], systems: ["finetune"] }); // prettier-ignore
    for (const precision of ["fp32", "bf16"]) await cli([...args, "--precision", precision]);
    const precisions = (await records()).map(({ config }) => (config.source as { precision: string }).precision); // prettier-ignore
    assert.deepEqual(precisions, ["fp32", "bf16"]);
  });

  it("kills lose no record, and what follows comes to the same scores", async () => {
    await using folder = await temporaryFolder();
    const [whole, killed] = ["whole", "killed"].map((name) => path.join(folder.path, name)) as [
      string,
      string,
    ];
    for (const at of [whole, killed]) await mkdir(at);
    const reference = await bench(whole, miniSuite);
    await cli(reference.args);
    const { args, records } = await bench(killed, miniSuite);
    let kills = 0;
    for (const moment of [400, 700, 1000, 1300]) {
      const child = startCli(args);
      const end = ended(child);
      if ((await Promise.race([end, wait(moment, "time")])) !== "time") continue;
      kills += child.kill("SIGKILL") ? 1 : 0;
      await end;
    }
    assert.ok(kills > 0, "no run was killed");
    const last = await cli(args);
    assert.equal(last.code, 0, last.stderr);
    assert.deepEqual((await records()).map(lasting), (await reference.records()).map(lasting));
  });

  it("a probed suite shows the calibration and the entity bias of the systems that are recognisers", async () => {
    await using folder = await temporaryFolder();
    const rows = ["finetune", "crf", "coach"];
    const { args, records } = await bench(folder.path, { ...miniSuite, seeds: [1], probed: true, systems: rows, options: { epochs: 4 } }); // prettier-ignore
    const { code, stdout, stderr } = await cli(args);
    assert.equal(code, 0, stderr);
    const recorded = await records();
    for (const { id, test, probes } of recorded) {
      assert.equal(probes === null, id.startsWith("coach/"), id);
      if (!probes) continue;
      assert.deepEqual(probes.unseenMentions.own, test.counts);
      assert.deepEqual(probes.unseenMentions.probed.gold, test.counts.gold);
      assert.ok(probes.unseenMentions.replaced > 0 && probes.otherContexts.mentions > 0);
      assert.ok(probes.calibration.before >= 0 && probes.calibration.before <= 100);
    }
    assert.match(stdout, /Expected calibration error on test[^]*error +music +ai +mean[^]*crf .* → /);
    assert.match(
      stdout,
      /Drop of F1 on test where every mention[^]*finetune[^\n]* – *\n *crf[^\n]*\[.*\], .*×/,
    );
    const tables = stdout.slice(stdout.indexOf("Expected calibration error"));
    assert.doesNotMatch(tables, /coach/);
  });

  it("K larger than the data takes what there is and says so", async () => {
    await using folder = await temporaryFolder();
    const { args, records } = await bench(folder.path, { ...miniSuite, domains: ["music"], mean: [], shots: [500], systems: ["finetune"] }); // prettier-ignore
    const { code, stdout, stderr } = await cli(args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /K = 500/);
    const [run] = await records();
    const { fewShot, trainSentences } = run!.details as {
      fewShot: { short: boolean }[];
      trainSentences: number;
    };
    assert.ok(fewShot.every(({ short }) => short) && trainSentences > 0);
  });
});
