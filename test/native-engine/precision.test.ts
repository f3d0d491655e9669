import assert from "node:assert/strict";
import { CdlmError } from "../../lib/errors.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { Graph } from "../../lib/graph/tensor.js";
import { createEngine, type DeviceOptions } from "../../lib/native/create-engine.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";

const fastest = () => loadAddon().fastestPrecision(process.env.CDLM_LEVEL ?? loadAddon().bestLevel());

async function precisionOf(options: DeviceOptions): Promise<string> {
  const engine = createEngine({ threads: 1, ...options });
  await engine.dispose();
  return engine.precision;
}

function failure(options: DeviceOptions): CdlmError {
  try {
    void createEngine(options).dispose();
  } catch (error) {
    if (error instanceof CdlmError) return error;
  }
  return assert.fail("no error");
}

describe("precision", () => {
  it("is fp32 unless asked for", async () => {
    assert.equal(await precisionOf({}), "fp32");
    assert.equal(await precisionOf({ precision: "bf16" }), "bf16");
  });

  it("auto is the faster one of this processor", async () => {
    assert.equal(await precisionOf({ precision: "auto" }), fastest());
    assert.equal(loadAddon().fastestPrecision("plain"), "fp32");
  });

  it("refuses others, and says which there are", () => {
    const unknown = failure({ precision: "fp16" as "fp32" });
    assert.equal(unknown.code, "INVALID_OPTION");
    assert.match(unknown.message, /precision.*fp32.*bf16/);
    const reference = failure({ device: "reference", precision: "bf16" });
    assert.deepEqual([reference.code, reference.expected], ["INVALID_OPTION", '"auto" or "fp32"']);
    const native = () =>
      new AddonEngine(loadAddon(), { level: "plain", threads: 1, precision: "fp64" as "fp32" });
    assert.throws(native, { code: "INVALID_OPTION", expected: "fp32 or bf16", received: "fp64" });
  });

  // 1 + 2^-9 becomes 1 in bf16, whose next number is 1 + 2^-7; a sum of 512 ones is no such loss.
  it("rounds the operands of products, not their sums", async () => {
    const graph = new Graph();
    const a = graph.input("a", "f32", [1, 512]);
    const b = graph.input("b", "f32", [512, 1]);
    const inputs = { a: new Float32Array(512).fill(1 + 2 ** -9), b: new Float32Array(512).fill(1) };
    for (const level of loadAddon().availableLevels())
      for (const [precision, sum] of [
        ["fp32", 513],
        ["bf16", 512],
      ] as const) {
        const engine = new AddonEngine(loadAddon(), { level, threads: 1, precision });
        const { c } = await engine.program({ outputs: { c: matmul(a, b) } }).run(inputs);
        assert.deepEqual([...c!], [sum], `${level} ${engine.products}`);
        await engine.dispose();
      }
  });
});
