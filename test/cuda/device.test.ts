import assert from "node:assert/strict";
import { createEngine } from "../../lib/native/create-engine.js";
import { loadAddon } from "../../lib/native/load.js";
import { isCdlmError } from "../data/expect-error.js";

describe("choosing a CUDA device", () => {
  it("describes the device", () => {
    const { driver, problem, devices } = loadAddon().cudaDevices();
    assert.match(driver, /^\d+\.\d+$/);
    assert.equal(problem, "");
    assert.ok(devices.length > 0);
    for (const { name, bytesFree, bytesTotal } of devices)
      assert.ok(name.length > 0 && bytesFree <= bytesTotal && bytesTotal > 0);
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
    const count = loadAddon().cudaDevices().devices.length;
    assert.throws(
      () => createEngine({ device: "cuda", deviceIndex: count }),
      isCdlmError("DEVICE_UNAVAILABLE", { expected: `0 to ${count - 1}`, received: String(count) }),
    );
  });

  it("takes bf16 at its word, fp32 for auto, and refuses int8", async () => {
    for (const [precision, expected] of [
      ["bf16", "bf16"],
      ["auto", "fp32"],
    ] as const) {
      const engine = createEngine({ device: "cuda", precision });
      assert.equal(engine.precision, expected);
      await engine.dispose();
    }
    assert.throws(
      () => createEngine({ device: "cuda", precision: "int8" }),
      isCdlmError("INVALID_OPTION", { expected: "fp32 or bf16", received: "int8" }),
    );
  });

  it("more than all of its memory: OUT_OF_MEMORY, and what fits goes on", async () => {
    const engine = createEngine({ device: "cuda" });
    const rows = Math.ceil(loadAddon().cudaDevices().devices[0]!.bytesTotal / 4000) + 1;
    await engine.define("small", [1000, 100]);
    await assert.rejects(engine.define("large", [rows, 1000]), isCdlmError("OUT_OF_MEMORY"));
    await engine.define("other", [1000, 100]);
    assert.deepEqual([...(await engine.read("small", 0, 0, 2))], [0, 0]);
    await engine.dispose();
  });
});
