import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { loadAddon } from "../../lib/native/load.js";
import { temporaryFolder, weightsOf, writeSmallData } from "../support/small-data.js";
import type { End } from "./lost-device.js";

const createEngineFile = JSON.stringify(path.resolve(__dirname, "../../lib/native/create-engine.js"));
const loadFile = JSON.stringify(path.resolve(__dirname, "../../lib/native/load.js"));

type Environment = Record<string, string>;

/** What a process prints as JSON; it must end by itself. */
function childOf<T>(args: readonly string[], environment: Environment): T {
  const env = { ...process.env, ...environment };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as T;
}

interface Start {
  problem: string;
  devices: { bytesFree: number }[];
  /** Codes and messages of two attempts. */
  cuda: [string, string][];
  cpu: string;
}

/** What is said of the devices, two attempts to start an engine on one, and the processor afterwards. */
function startWith(environment: Environment): Start {
  const code = `
    const { createEngine } = require(${createEngineFile});
    const attempt = () => {
      try { createEngine({ device: "cuda" }); return ["started", ""]; }
      catch ({ name, code, message }) { return [name + " " + code, message]; }
    };
    const { problem, devices } = require(${loadFile}).loadAddon().cudaDevices();
    const cuda = [attempt(), attempt()];
    const { device: cpu } = createEngine({ device: "cpu" });
    console.log(JSON.stringify({ problem, devices, cuda, cpu }));`;
  return childOf(["-e", code], environment);
}

/** Faults that the emulated device has on request (test/native/emulated/faults.h), and no GPU. */
describe("CUDA devices that fail", function () {
  this.timeout(300_000);

  before(function () {
    if (loadAddon().cudaDevices().devices[0]!.name !== "emulated device") this.skip();
  });

  const unusable: [fault: string, message: RegExp][] = [
    ["driver", /^the driver is too old: this binary needs CUDA 13\.0, and the driver knows 12\.4/],
    ["none", /^no CUDA-capable device is detected; expected a CUDA device, received none/],
    ["old", /emulated device is too old; expected compute capability 8\.0 or later, received 7\.0/],
    ["taken", /busy or unavailable/],
  ];
  for (const [fault, message] of unusable)
    it(`"${fault}": DEVICE_UNAVAILABLE with the reason, and the processor computes`, () => {
      const { problem, devices, cuda, cpu } = startWith({ CDLM_EMULATED_FAULT: fault });
      for (const [code, said] of cuda) {
        assert.equal(code, "CdlmError DEVICE_UNAVAILABLE");
        assert.match(said, message);
      }
      assert.equal(cpu, "cpu");
      if (fault === "taken") assert.equal(devices[0]!.bytesFree, 0);
      else if (fault !== "old") assert.match(problem, new RegExp(message.source.split(";")[0]!));
    });

  it("memory that another process holds: OUT_OF_MEMORY with what is free, and less goes on", () => {
    const code = `(async () => {
      const engine = require(${createEngineFile}).createEngine({ device: "cuda" });
      const said = [];
      for (const rows of [1000, 10_000, 1000])
        await engine.define("x" + said.length, [rows, 1000]).then(() => said.push("ok"), ({ code, message }) => said.push(code + " " + message));
      said.push((await engine.read("x0", 0, 0, 2)).join());
      console.log(JSON.stringify(said));
    })()`;
    const megabytes = (n: number) => String(n * 2 ** 20);
    const held = { CDLM_EMULATED_MEMORY: megabytes(1000), CDLM_EMULATED_HELD: megabytes(970) };
    const said = childOf<string[]>(["-e", code], held);
    assert.deepEqual([said[0], said[2], said[3]], ["ok", "ok", "0,0"]);
    const free = (30 * 2 ** 20 - 4_000_000).toString();
    assert.match(said[1]!, new RegExp(`^OUT_OF_MEMORY .*expected 40000000 bytes, received ${free} bytes free of 1048576000`)); // prettier-ignore
  });

  it("lost in mid-run: DEVICE_UNAVAILABLE, files from which the run goes on to the same bits", async () => {
    await using folder = await temporaryFolder();
    const [data, whole, lost] = ["data", "whole", "lost"].map((name) => path.join(folder.path, name));
    await writeSmallData(data!, "politics", { train: 4, dev: 2 });
    const program = path.join(__dirname, "lost-device.js");
    const trainTo = (out: string, environment: Environment) =>
      childOf<End>([program, data!, out], environment);
    const done: End = { training: "done", cuda: "done", cpu: "done" };
    assert.deepEqual(trainTo(whole!, {}), done);
    for (const launch of [40, 450]) {
      const { training, cuda, cpu } = trainTo(lost!, { CDLM_EMULATED_FAULT: `lost:${launch}` });
      assert.match(training, /^DEVICE_UNAVAILABLE .*unknown error/);
      assert.deepEqual([cuda, cpu], ["DEVICE_UNAVAILABLE", "done"]);
    }
    assert.ok(
      existsSync(path.join(lost!, "checkpoint/state.json")),
      "the second run was lost after a checkpoint",
    );
    assert.deepEqual(trainTo(lost!, {}), done);
    assert.ok((await weightsOf(lost!)).equals(await weightsOf(whole!)));
  });
});
