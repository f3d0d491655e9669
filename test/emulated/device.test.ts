import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { createEngine } from "../../lib/native/create-engine.js";
import { loadAddon } from "../../lib/native/load.js";
import { isCdlmError } from "../data/expect-error.js";

const createEngineFile = JSON.stringify(path.resolve(__dirname, "../../lib/native/create-engine.js"));

describe("choosing a CUDA device, emulated", () => {
  it("describes the device", () => {
    const { driver, problem, devices } = loadAddon().cudaDevices();
    assert.deepEqual([driver, problem, devices.length], ["13.0", "", 1]);
    assert.ok(devices[0]!.bytesFree <= devices[0]!.bytesTotal && devices[0]!.bytesTotal > 0);
  });

  it("takes the device at its word, and the processor for auto", async () => {
    for (const [device, expected] of [
      ["cuda", "cuda"],
      ["auto", "cpu"],
    ] as const) {
      const engine = createEngine({ device, threads: 1 });
      assert.equal(engine.device, expected);
      await engine.dispose();
    }
  });

  it("an index that is not there: DEVICE_UNAVAILABLE with those that are", () => {
    assert.throws(
      () => createEngine({ device: "cuda", deviceIndex: 1 }),
      isCdlmError("DEVICE_UNAVAILABLE", { expected: "0 to 0", received: "1" }),
    );
  });

  it("bf16 is refused", () => {
    assert.throws(
      () => createEngine({ device: "cuda", precision: "bf16" }),
      isCdlmError("INVALID_OPTION", { received: "bf16" }),
    );
  });

  it("too little memory: OUT_OF_MEMORY, and what fits goes on", () => {
    const code = `(async () => {
      const engine = require(${createEngineFile}).createEngine({ device: "cuda" });
      const codes = [];
      for (const rows of [1000, 10_000_000, 1000])
        await engine.define("x" + codes.length, [rows, 100]).then(() => codes.push("ok"), ({ code }) => codes.push(code));
      const values = await engine.read("x0", 0, 0, 2);
      console.log([...codes, ...values].join());
    })()`;
    const env = { ...process.env, CDLM_EMULATED_MEMORY: String(100 * 2 ** 20) };
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], { env, encoding: "utf8" });
    assert.equal(stdout.trim(), "ok,OUT_OF_MEMORY,ok,0,0", stderr);
  });
});
