import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { availableParallelism } from "node:os";
import { packageRoot } from "../../lib/native/load.js";
import { temporaryFolder } from "../support/small-data.js";

const builtLibrary = path.resolve(__dirname, "../../lib");
const library = (name: string): string => JSON.stringify(path.join(builtLibrary, name));

/** What a fresh process prints. */
function printed(code: string, environment: Record<string, string> = {}): string {
  const env = { ...process.env, ...environment };
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", code], { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

/** Level and threads of an engine, or code, message and hint of what starting it throws. */
const startEngine = (options: object) => `try {
  const engine = require(${library("native/create-engine.js")}).createEngine(${JSON.stringify(options)});
  console.log(JSON.stringify({ level: engine.level, threads: engine.threads }));
} catch ({ name, code, message, hint }) {
  console.log(JSON.stringify({ name, code, message, hint }));
}`;

const started = (environment: Record<string, string>, options: object = {}) =>
  JSON.parse(printed(startEngine(options), environment)) as Record<string, unknown>;

describe("loading the addon", function () {
  this.timeout(60_000);

  it("a path that leads nowhere: ADDON_MISSING with the path and what to do", () => {
    const { name, code, message, hint } = started({ CDLM_ADDON: "/nowhere/cdlm.node" });
    assert.deepEqual([name, code], ["CdlmError", "ADDON_MISSING"]);
    assert.match(String(message), /\/nowhere\/cdlm\.node: .*no such file/i);
    assert.match(String(hint), /build:native|install/);
  });

  it("a file that is no addon: ADDON_MISSING", async () => {
    await using folder = await temporaryFolder();
    for (const [name, content] of [
      ["garbage.node", "not a library"],
      ["empty.node", ""],
    ] as const) {
      const file = path.join(folder.path, name);
      writeFileSync(file, content);
      const { code, message, hint } = started({ CDLM_ADDON: file });
      assert.equal(code, "ADDON_MISSING");
      assert.ok(String(message).includes(file));
      assert.ok(String(hint).length > 20);
    }
  });

  it("importing the package needs no addon", () => {
    const code = `console.log(typeof require(${library("index.js")}).train)`;
    assert.equal(printed(code, { CDLM_ADDON: "/nowhere/cdlm.node" }), "function");
  });

  it("an unknown level is refused, whatever the precision, and one that the processor lacks", () => {
    const lacking = process.arch === "arm64" ? "avx2" : "neon";
    for (const precision of ["fp32", "bf16", "auto"])
      for (const [level, expected] of [
        ["avx9", "INVALID_OPTION"],
        ["AVX2", "INVALID_OPTION"],
        ["", "INVALID_OPTION"],
        ["cuda", "INVALID_OPTION"],
        [lacking, "UNSUPPORTED_PROCESSOR"],
      ]) {
        const { name, code, message } = started({ CDLM_LEVEL: level! }, { precision });
        assert.deepEqual([name, code], ["CdlmError", expected], `${level} ${precision}`);
        assert.match(String(message), /level; expected (plain, avx2|at most)/);
      }
  });

  it("more threads than the system gives: OUT_OF_MEMORY, and the process lives", function () {
    if (process.platform !== "linux") return this.skip();
    const stacks = `ulimit -v 5000000; exec "${process.execPath}" -e "$0"`; // room for some hundred threads
    const { stdout, status, signal } = spawnSync("sh", ["-c", stacks, startEngine({ threads: 1024 })], {
      encoding: "utf8",
    });
    assert.deepEqual([status, signal], [0, null]);
    assert.equal((JSON.parse(stdout) as { code: string }).code, "OUT_OF_MEMORY");
  });

  it("CDLM_LEVEL chooses the level; without it all cores are used", () => {
    assert.deepEqual(started({ CDLM_LEVEL: "plain" }), { level: "plain", threads: availableParallelism() });
  });
});

describe("importing the package", function () {
  this.timeout(60_000);

  it("takes at most 60 ms, or on a slow or busy machine 3 times as long as zod alone", () => {
    const timed = (what: string) =>
      Number(printed(`const t = performance.now(); require(${what}); console.log(performance.now() - t)`));
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
    const [ours, zod] = [
      library("index.js"),
      JSON.stringify(require.resolve("zod", { paths: [packageRoot] })),
    ];
    const times = Array.from({ length: 10 }, () => [timed(ours), timed(zod)] as const);
    const [own, yardstick] = [median(times.map(([t]) => t)), median(times.map(([, t]) => t))];
    console.log(`      require: ${own.toFixed(0)} ms (zod alone: ${yardstick.toFixed(0)} ms)`);
    assert.ok(own <= Math.max(60, 3 * yardstick), `${own} ms`);
  });
});
